// Runs an ONNX file in ONNX Runtime. Standard input holds JSON: {model, inputs: {name: {file, dims}}, outputs: {name: file}}; files hold
// little-endian float32. Prints the shapes of the outputs.
const fs = require('fs');
const path = require('path');
const ort = require(path.join(process.env.GEOBFDT_NODE_MODULES, 'onnxruntime-node'));

(async () => {
  const job = JSON.parse(fs.readFileSync(0, 'utf8'));
  const session = await ort.InferenceSession.create(job.model, {intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all'});
  const feeds = {};
  for (const [name, {file, dims}] of Object.entries(job.inputs)) {
    const raw = Uint8Array.prototype.slice.call(fs.readFileSync(file));
    feeds[name] = new ort.Tensor('float32', new Float32Array(raw.buffer), dims);
  }
  const results = await session.run(feeds);
  const shapes = {};
  for (const [name, file] of Object.entries(job.outputs)) {
    const t = results[name];
    fs.writeFileSync(file, Buffer.from(t.data.buffer, t.data.byteOffset, t.data.byteLength));
    shapes[name] = t.dims;
  }
  console.log(JSON.stringify(shapes));
})().catch((e) => {
  console.error(e.message);
  process.exit(1);
});
