// Compares the shortest calls with `node -e 0`: whole processes, medians of interleaved runs.
// Usage: npm run build && node benchmarks/startup.js [runs]
import {spawnSync} from 'node:child_process'
import {cpus} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const runs = Number(process.argv[2] ?? 20)
const bin = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin', 'run.js')
const calls = {
  'node -e 0': ['-e', '0'],
  'qtool --version': [bin, '--version'],
  'qtool --help': [bin, '--help'],
  'qtool peek --help': [bin, 'peek', '--help'],
}

const times = new Map(Object.keys(calls).map((name) => [name, []]))
// The first round warms the file cache and is dropped.
for (let round = 0; round <= runs; round++) {
  for (const [name, args] of Object.entries(calls)) {
    const started = performance.now()
    const {status} = spawnSync(process.execPath, args, {stdio: 'ignore'})
    const took = performance.now() - started
    if (status !== 0) throw new Error(`expected ${name} to end with 0, got ${status}`)
    if (round > 0) times.get(name).push(took)
  }
}

const [cpu] = cpus()
process.stdout.write(
  `${runs} runs each, Node ${process.version}, ${cpus().length} x ${cpu?.model ?? 'unknown CPU'}\n\n`,
)
process.stdout.write(
  `${'call'.padEnd(20)}${'median ms'.padStart(10)}${'lowest ms'.padStart(11)}${'ratio'.padStart(8)}\n`,
)
const base = median(times.get('node -e 0'))
for (const [name, taken] of times) {
  const middle = median(taken)
  const columns = [
    middle.toFixed(1).padStart(10),
    Math.min(...taken)
      .toFixed(1)
      .padStart(11),
  ]
  process.stdout.write(`${name.padEnd(20)}${columns.join('')}${(middle / base).toFixed(2).padStart(8)}\n`)
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
