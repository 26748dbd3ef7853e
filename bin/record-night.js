/**
 * node bin/record-night.js: types the commands of docs/night.md into a shell, and writes what a terminal shows into
 * examples/night.cast, in the format of asciinema. The program, its servers and its answers are real; only waits are cut
 * short, and this machine's name is replaced. Needs the build, and `script` of util-linux for the terminal.
 */
import {execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {hostname, tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WIDTH = 100
const HEIGHT = 32
const PROMPT = '$ '

/** Longest wait for a command in the recording, time to read its answer, and time for a key; seconds. */
const LONGEST = 1
const READING = 3.5
const KEY = 0.03

/** The headings of the page, as comments, and the commands below them. */
function linesToType(page) {
  return page.split('```').flatMap((part, i) => {
    if (i % 2 === 0) return [...part.matchAll(/^## (.*)$/gm)].map(([, title]) => `# ${title}`)
    if (!part.startsWith('sh\n')) return []
    const commands = part
      .split('\n')
      .slice(1)
      .map((line) => line.replace(/ +# .*$/, '').trim())
    return commands.filter((line) => line !== '')
  })
}

/** A folder in which `qtool` is a program, and where its servers and profiles are kept. */
function newHome() {
  const home = mkdtempSync(join(tmpdir(), 'qtool-record-'))
  chmodSync(home, 0o711)
  mkdirSync(join(home, 'bin'))
  writeFileSync(
    join(home, 'bin', 'qtool'),
    `#!/bin/sh\nexec '${process.execPath}' '${ROOT}bin/run.js' "$@"\n`,
    {
      mode: 0o755,
    },
  )
  return home
}

/** A shell in a terminal: what it shows, and when. */
class Terminal {
  /** `[ms, text]` */
  shown = []
  #child

  constructor(home) {
    const {QTOOL_CACHE} = process.env
    const env = {
      PATH: `${join(home, 'bin')}:${process.env.PATH}`,
      HOME: home,
      QTOOL_HOME: join(home, 'stack'),
      ...(QTOOL_CACHE ? {QTOOL_CACHE} : {}),
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      PS1: PROMPT,
    }
    const shell = `stty cols ${WIDTH} rows ${HEIGHT}; cd '${home}'; exec bash --norc --noprofile`
    this.#child = spawn('script', ['-qefc', shell, '/dev/null'], {env})
    this.#child.stdout.setEncoding('utf8').on('data', (text) => this.shown.push([performance.now(), text]))
  }

  get text() {
    return this.shown.map(([, text]) => text).join('')
  }

  /** Types a line, and waits until the shell asks for the next one. */
  async type(line) {
    for (const key of line) {
      this.#child.stdin.write(key)
      await wait(5)
    }
    const before = this.text.length
    this.#child.stdin.write('\r')
    await this.prompt(before)
  }

  async prompt(from = 0) {
    while (!this.text.slice(from).endsWith(PROMPT)) await wait(20)
    // The prompt may be the end of an answer that goes on
    await wait(100)
    if (!this.text.endsWith(PROMPT)) await this.prompt(from)
  }

  async end() {
    this.#child.stdin.end('exit\r')
    await once(this.#child, 'close')
  }
}

/** The recording of some lines: typed at an even pace, with time to read each answer. */
async function record(home, lines) {
  const terminal = new Terminal(home)
  await terminal.prompt()
  const events = [[0, 'o', PROMPT]]
  let now = 0
  for (const line of lines) {
    terminal.shown = []
    await terminal.type(line)
    now += line.startsWith('#') ? 1 : READING
    let last = terminal.shown[0][0]
    let typed = 0
    for (const [ms, text] of terminal.shown) {
      const isKey = typed < line.length
      typed += text.length
      now += isKey ? KEY * text.length : Math.min((ms - last) / 1000, LONGEST)
      last = ms
      events.push([Number(now.toFixed(3)), 'o', withoutMachine(text)])
    }
  }
  await terminal.end()
  return [...events, [Number((now + READING).toFixed(3)), 'o', '']]
}

/** As long as the real name, so that tables stay in line. */
function withoutMachine(text) {
  const me = `${userInfo().username}@${hostname()}`
  return text.replaceAll(me, 'you@here'.padEnd(me.length).slice(0, me.length))
}

const home = newHome()
const env = {...process.env, QTOOL_HOME: join(home, 'stack')}
const qtool = (...words) => execFileSync(join(home, 'bin', 'qtool'), words, {env, stdio: 'ignore'})
try {
  qtool('up')
  const events = await record(home, linesToType(readFileSync(join(ROOT, 'docs/night.md'), 'utf8')))
  const header = {
    version: 2,
    width: WIDTH,
    height: HEIGHT,
    title: 'qtool: a night of failures, worked through',
  }
  const lines = [header, ...events].map((line) => JSON.stringify(line))
  writeFileSync(join(ROOT, 'examples/night.cast'), `${lines.join('\n')}\n`)
} finally {
  qtool('down', '--purge', '--yes')
  rmSync(home, {recursive: true, force: true})
}
