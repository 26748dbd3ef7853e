import {execFileSync} from 'node:child_process'
import {cpSync, mkdirSync, readFileSync, statSync} from 'node:fs'
import {basename, join} from 'node:path'

/** One instruction of a Dockerfile. */
interface Instruction {
  name: string
  rest: string
}

/** What the last stage of a Dockerfile has made. */
export interface Image {
  /** The folder that stands for `/`. */
  root: string
  workdir: string
  env: Record<string, string>
  user: string
  entrypoint: string[]
  cmd: string[]
  healthcheck: string[]
}

/**
 * Runs the instructions of a Dockerfile without Docker: every stage in a folder of its own, with the Node.js of this
 * machine in place of the image it begins with.
 */
export function buildImage(file: string, {context, scratch}: {context: string; scratch: string}): Image {
  const ignored = lines(readFileSync(`${file}.dockerignore`, 'utf8'))
  const stages = new Map<string, Image>()
  let image = emptyImage('')
  for (const {name, rest} of instructions(readFileSync(file, 'utf8'))) {
    if (name === 'FROM') {
      const stage = /\bAS (\w+)$/.exec(rest)?.[1] ?? 'final'
      image = emptyImage(join(scratch, stage))
      stages.set(stage, image)
    } else if (name === 'WORKDIR') image.workdir = rest
    else if (name === 'ENV') Object.assign(image.env, Object.fromEntries([rest.split('=')]))
    else if (name === 'RUN') run(image, rest)
    else if (name === 'COPY') copy(image, rest, {stages, context, ignored})
    else if (name === 'USER') image.user = rest
    else if (name === 'ENTRYPOINT') image.entrypoint = JSON.parse(rest)
    else if (name === 'CMD') image.cmd = JSON.parse(rest)
    else if (name === 'HEALTHCHECK') image.healthcheck = JSON.parse(rest.slice(rest.indexOf('CMD') + 3))
    else if (name !== 'EXPOSE' && name !== 'STOPSIGNAL') throw new Error(`unknown instruction ${name}`)
  }
  return image
}

function emptyImage(root: string): Image {
  return {root, workdir: '/', env: {}, user: 'root', entrypoint: [], cmd: [], healthcheck: []}
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

function instructions(text: string): Instruction[] {
  return lines(text.replaceAll('\\\n', ' '))
    .filter((line) => !line.startsWith('#'))
    .map((line) => {
      const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
      return {name, rest}
    })
}

function run({root, workdir, env}: Image, command: string): void {
  const cwd = join(root, workdir)
  mkdirSync(cwd, {recursive: true})
  execFileSync('sh', ['-ec', command], {
    cwd,
    env: {...process.env, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function copy(
  {root, workdir}: Image,
  rest: string,
  from: {stages: Map<string, Image>; context: string; ignored: string[]},
): void {
  const [, stage, words] = /^(?:--from=(\w+) )?(.*)$/.exec(rest) ?? []
  const sources = words.split(' ')
  const target = join(root, workdir, sources.pop() ?? '')
  const base = stage === undefined ? from.context : (from.stages.get(stage)?.root ?? '')
  const skipped = stage === undefined ? from.ignored.map((name) => join(base, name)) : []
  for (const source of sources) {
    const path = join(base, source)
    // Docker copies what is in a folder, and a file under its own name into a folder
    const isFile = statSync(path).isFile()
    const to = isFile && rest.endsWith('/') ? join(target, basename(path)) : target
    cpSync(path, to, {recursive: true, verbatimSymlinks: true, filter: (one) => !skipped.includes(one)})
  }
}
