// node benchmarks/against.js OTHER_CHECKOUT: the drain of this build beside that of another, in turns on one local stack
import {spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'

const [other] = process.argv.slice(2)
if (!other) throw new Error('expected the folder of another checkout of qtool, built')
const rounds = Number(process.env.ROUNDS ?? 7)
const records = process.env.RECORDS ?? '300000'
const home = mkdtempSync(join(tmpdir(), 'qtool-against-'))
const env = {...process.env, QTOOL_HOME: home, QTOOL_CACHE: process.env.QTOOL_CACHE ?? '/var/cache/qtool'}
const builds = {this: resolve('bin/run.js'), other: resolve(other, 'bin/run.js')}

function qtool(bin, ...args) {
  const {stdout, stderr, status} = spawnSync(process.execPath, [bin, ...args, '--json'], {
    env,
    encoding: 'utf8',
  })
  if (status !== 0 && status !== 3)
    throw new Error(`${args.join(' ')} ended with ${status}: ${stdout}${stderr}`)
  return JSON.parse(stdout)
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

const ratios = {enqueue: [], drain: []}
const rates = {this: {enqueue: [], drain: []}, other: {enqueue: [], drain: []}}
try {
  qtool(builds.this, 'up')
  qtool(builds.this, 'migrate')
  for (let round = 0; round < rounds; round++) {
    // Whoever goes first finds the caches as the other left them: they take turns in that as well
    const order = round % 2 === 0 ? ['this', 'other'] : ['other', 'this']
    for (const name of order) {
      const queue = `against${round}${name}`
      const seed = String(round * 2 + order.indexOf(name))
      const enqueued = qtool(builds[name], 'enqueue', '-q', queue, '--count', records, '--seed', seed)
      const drained = qtool(builds[name], 'work', '-q', queue, '--until-empty', '--workers', '10')
      rates[name].enqueue.push(enqueued.itemsPerSecond)
      rates[name].drain.push(drained.recordsPerSecond)
    }
    for (const what of ['enqueue', 'drain'])
      ratios[what].push(rates.this[what][round] / rates.other[what][round])
    process.stderr.write(
      `round ${round + 1}: enqueue ${ratios.enqueue[round].toFixed(3)}, drain ${ratios.drain[round].toFixed(3)}\n`,
    )
  }
  for (const what of ['enqueue', 'drain']) {
    const sorted = [...ratios[what]].sort((a, b) => a - b)
    const words = ['this', 'other']
      .map((name) => `${name} ${Math.round(median(rates[name][what]))}/s`)
      .join(', ')
    process.stdout.write(
      `${what}: ${words}, ratio ${median(sorted).toFixed(3)} (${sorted[0].toFixed(3)} to ${sorted.at(-1).toFixed(3)})\n`,
    )
  }
} finally {
  spawnSync(process.execPath, [builds.this, 'down', '--purge', '--yes'], {env})
  rmSync(home, {recursive: true, force: true})
}
