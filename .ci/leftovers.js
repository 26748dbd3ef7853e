// Fails if a process that belongs to a folder is still running: one that names the folder in its arguments or its
// environment, or has its working directory there. Usage: node .ci/leftovers.js FOLDER [GRACE_MS]
import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {setTimeout as wait} from 'node:timers/promises'

/** The servers of finished tests may still be saving their data. */
const GRACE_MS = 15_000

const [folder, grace = GRACE_MS] = process.argv.slice(2)

function read(get) {
  try {
    return get()
  } catch {
    // The process has ended meanwhile, or belongs to the kernel
    return ''
  }
}

function isLeft(pid) {
  const text = (name) => read(() => readFileSync(`/proc/${pid}/${name}`, 'utf8'))
  const places = [text('cmdline'), text('environ'), read(() => readlinkSync(`/proc/${pid}/cwd`))]
  return places.some((place) => place.includes(folder))
}

/** This process and its ancestors, which wait for it. */
function ancestors() {
  const found = new Set()
  for (let pid = process.pid; pid > 1; ) {
    found.add(pid)
    const stat = read(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
    pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  }
  return found
}

function findLeftovers() {
  const own = ancestors()
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && !own.has(Number(name)))
  return pids.filter(isLeft)
}

const deadline = Date.now() + Number(grace)
let left = findLeftovers()
while (left.length > 0 && Date.now() < deadline) {
  await wait(200)
  left = findLeftovers()
}
for (const pid of left) {
  const command = read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
  process.stderr.write(`still runs: ${pid} ${command}\n`)
}
process.exitCode = left.length > 0 ? 1 : 0
