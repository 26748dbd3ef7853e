// Runs a command, and ends it with all its processes if it takes too long: then it shows them, and exits with 124.
// Usage: node .ci/bounded.js MINUTES COMMAND…
import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {setTimeout as wait} from 'node:timers/promises'

/** How long what was told to end may take, ms. */
const GRACE_MS = 2000

const [minutes, command, ...args] = process.argv.slice(2)
// A group of its own, so that all its processes can be reached
const child = spawn(command, args, {stdio: ['ignore', 'inherit', 'inherit'], detached: true})
const ended = once(child, 'exit')

function signal(name) {
  try {
    process.kill(-child.pid, name)
  } catch {
    // The whole group has ended
  }
}

for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => signal(name))

const timer = setTimeout(async () => {
  process.stderr.write(
    `\nstill running after ${minutes} minutes, and ended: ${[command, ...args].join(' ')}\n`,
  )
  const columns = 'pid,ppid,pgid,stat,wchan:20,etime,time,args'
  process.stderr.write(execFileSync('ps', ['-eo', columns, '--forest', '-ww'], {encoding: 'utf8'}))
  process.exitCode = 124
  signal('SIGTERM')
  await Promise.race([ended, wait(GRACE_MS, undefined, {ref: false})])
  signal('SIGKILL')
}, minutes * 60_000)

const [code] = await ended
clearTimeout(timer)
process.exitCode ??= code ?? 1
