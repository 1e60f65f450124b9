// ONNX Runtime as a peer: answers requests on standard input, see run.py. usage: node peer_onnxruntime.js FOLDER THREADS
const fs = require('fs');
const readline = require('readline');
const ort = require('onnxruntime-node');

const [folder, threads] = [process.argv[2], Number(process.argv[3])];
let key = '', session, feed;

// tensor reads one tensor of a safetensors file.
function tensor(path, name, rows) {
  const file = fs.readFileSync(path);
  const length = Number(file.readBigUInt64LE(0));
  const meta = JSON.parse(file.subarray(8, 8 + length).toString())[name];
  const raw = Uint8Array.prototype.slice.call(file, 8 + length + meta.data_offsets[0], 8 + length + meta.data_offsets[1]);
  const dims = [rows, ...meta.shape.slice(1)];
  return new ort.Tensor('float32', new Float32Array(raw.buffer, 0, dims.reduce((a, b) => a * b)), dims);
}

async function answer(q) {
  const wanted = `${q.network} ${q.batch}`;
  if (wanted !== key) {
    session = await ort.InferenceSession.create(`${folder}/${q.network}.onnx`, {
      intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all',
    });
    feed = {x: tensor(`${folder}/${q.network}.safetensors`, 'x', q.batch)};
    key = wanted;
  }
  if (q.do === 'check') return Array.from((await session.run(feed)).y.data);
  const times = [];
  const start = process.hrtime.bigint();
  while (Number(process.hrtime.bigint() - start) < 1e9 * q.seconds || times.length < 3) {
    const t = process.hrtime.bigint();
    await session.run(feed);
    times.push(Number(process.hrtime.bigint() - t) / 1e6);
  }
  return times;
}

(async () => {
  for await (const line of readline.createInterface({input: process.stdin})) {
    console.log(JSON.stringify(await answer(JSON.parse(line))));
  }
})();
