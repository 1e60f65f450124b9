package review
import ("testing";"os";"time";"strings")
func TestShot(t *testing.T){
 url:=os.Getenv("SHOT_URL"); if url=="" {t.Skip("x")}
 w,h:=1500,950; if os.Getenv("SHOT_SMALL")!="" {w,h=1100,700}
 b:=newTab(t,w,h)
 b.open(url); time.Sleep(1500*time.Millisecond)
 for i,s:=range strings.Split(os.Getenv("SHOT_KEYS"),"") { _=i; b.press(s); time.Sleep(250*time.Millisecond)}
 if js:=os.Getenv("SHOT_JS"); js!="" { t.Log(b.eval(js)); time.Sleep(1500*time.Millisecond)}
 time.Sleep(1700*time.Millisecond)
 b.screenshot(os.Getenv("SHOT_OUT")); b.quiet(url)
}
