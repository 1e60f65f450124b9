# A Slurm of one controller and two virtual nodes in a folder of its own: source it, call slurm_start FOLDER, slurm_stop at the end.
# Needs root and Debian's slurmctld, slurmd, slurm-client and munge (slurm_install). No service of the machine is touched: the daemons
# have their own keys, sockets, ports and logs, all in FOLDER.

slurm_install() {
	local missing=0 program
	for program in slurmctld slurmd sbatch munged mungekey; do command -v $program >/dev/null || missing=1; done
	((missing)) || return 0
	# policy-rc.d keeps the packages from starting services.
	local policy=/usr/sbin/policy-rc.d made=0
	[ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; made=1; }
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurmctld slurmd slurm-client munge
	local status=$?
	((made)) && rm -f $policy
	return $status
}

slurm_start() {
	SLURM_ROOT=$1
	mkdir -p "$SLURM_ROOT"/{state,munge,spool-n1,spool-n2,log}
	chown munge:munge "$SLURM_ROOT/munge" 2>/dev/null || true
	chmod 711 "$SLURM_ROOT" # munged wants to be reached by all, and none to write above its socket
	local port=$((20000 + $$ % 20000))
	cat >"$SLURM_ROOT/slurm.conf" <<CONF
ClusterName=geobfdt
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
# A job of a lost node is started anew when its credential has expired: 120 s by default.
AuthInfo=socket=$SLURM_ROOT/munge/socket,cred_expire=5
StateSaveLocation=$SLURM_ROOT/state
SlurmdSpoolDir=$SLURM_ROOT/spool-%n
SlurmctldPidFile=$SLURM_ROOT/slurmctld.pid
SlurmdPidFile=$SLURM_ROOT/slurmd-%n.pid
SlurmctldLogFile=$SLURM_ROOT/log/slurmctld.log
SlurmdLogFile=$SLURM_ROOT/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=2,batch_sched_delay=0,default_queue_depth=200,requeue_delay=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobRequeue=1
ReturnToService=2
SlurmdTimeout=6
SlurmctldTimeout=10
InactiveLimit=0
KillWait=5
MinJobAge=600
NodeName=n1 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=2 RealMemory=8000 State=UNKNOWN
NodeName=n2 NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=2 RealMemory=8000 State=UNKNOWN
PartitionName=night Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:2
CONF
	export SLURM_CONF="$SLURM_ROOT/slurm.conf"
	mungekey --create --keyfile="$SLURM_ROOT/munge/key" --bits=1024
	chown munge:munge "$SLURM_ROOT/munge/key"
	runuser -u munge -- munged --key-file="$SLURM_ROOT/munge/key" --socket="$SLURM_ROOT/munge/socket" --pid-file="$SLURM_ROOT/munge/pid" \
		--log-file="$SLURM_ROOT/munge/log" --seed-file="$SLURM_ROOT/munge/seed" --force || return 1
	slurmctld -f "$SLURM_CONF" || return 1
	slurm_node_start n1 && slurm_node_start n2 || return 1
	local i
	for i in $(seq 60); do
		[ "$(sinfo -h -N -o '%t' 2>/dev/null | grep -c '^idle')" = 2 ] && return 0
		sleep 1
	done
	echo "the nodes do not come up:" >&2
	sinfo -N >&2
	tail -n 20 "$SLURM_ROOT"/log/*.log >&2
	return 1
}

slurm_node_start() { slurmd -N "$1" -f "$SLURM_CONF"; }

# descendants PID: the process and all below it.
descendants() {
	local child
	for child in $(pgrep -P "$1"); do descendants "$child"; done
	echo "$1"
}

# slurm_node_kill NODE: kill -9 of the node's daemon alone. Its jobs run on, unseen.
slurm_node_kill() { kill -9 "$(cat "$SLURM_ROOT/slurmd-$1.pid")"; }

# slurm_node_lose NODE: kill -9 of the daemon and of everything that runs on the node, as when the machine loses power.
slurm_node_lose() {
	local job step jobs
	jobs=$(squeue -h -t RUNNING -w "$1" -o %A)
	slurm_node_kill "$1"
	for job in $jobs; do
		for step in $(pgrep -f "^slurmstepd: \[$job\."); do kill -9 $(descendants "$step") 2>/dev/null || true; done
	done
}

slurm_stop() {
	[ -n "${SLURM_ROOT:-}" ] || return 0
	scancel --state=RUNNING --state=PENDING 2>/dev/null || true
	sleep 1
	local file pid
	for file in "$SLURM_ROOT"/slurmd-n1.pid "$SLURM_ROOT"/slurmd-n2.pid "$SLURM_ROOT"/slurmctld.pid "$SLURM_ROOT"/munge/pid; do
		[ -s "$file" ] || continue
		pid=$(cat "$file")
		[[ "$(readlink "/proc/$pid/exe")" =~ /(slurmd|slurmctld|munged)(-wlm)?$ ]] && kill "$pid"
	done
	sleep 2
}
