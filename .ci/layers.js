// Checks src: imports point downward and form no cycles, only the command layer imports oclif, and only queue and
// redis speak to Redis about queues.
// Usage: node .ci/layers.js [folder that holds src]
import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, relative, resolve, sep} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'

const BASE = [
  'errors',
  'file-name',
  'interrupt',
  'network-error',
  'memory',
  'nearest',
  'version',
  'package-file',
  'json',
  'config',
  'filter',
  'record',
  'threshold',
  'progress',
]
const STORES = ['queue', 'sink', 'health', 'postgres', 'redis', ...BASE]
const ENGINES = ['worker', 'letters', 'check', 'producer', 'sample', 'source', 'stack', 'render', ...STORES]
/** What looks at queues and servers from outside, and changes nothing. */
const VIEWS = ['monitor', 'metrics', 'doctor']

/** Folder or file of src → what it may import besides itself. */
const MAY_IMPORT = {
  errors: [],
  'file-name': ['errors'],
  interrupt: ['errors'],
  'network-error': [],
  memory: [],
  nearest: [],
  version: ['package-file'],
  'package-file': [],
  json: ['errors'],
  config: ['errors', 'nearest', 'package-file', 'json', 'record'],
  filter: ['errors', 'nearest', 'json', 'config'],
  record: ['json'],
  threshold: ['errors', 'nearest'],
  progress: [],
  redis: BASE,
  postgres: BASE,
  health: ['redis', 'postgres', ...BASE],
  queue: ['health', 'redis', ...BASE],
  sink: ['postgres', ...BASE],
  source: BASE,
  sample: ['source', 'sink', 'postgres', ...BASE],
  worker: STORES,
  letters: STORES,
  check: ['letters', 'source', ...STORES],
  producer: ['source', 'sample', ...STORES],
  stack: STORES,
  render: STORES,
  monitor: ['render', ...STORES],
  metrics: ['monitor', 'worker', ...STORES],
  doctor: STORES,
  bench: ENGINES,
  operations: [...VIEWS, ...ENGINES],
  server: ['operations', ...VIEWS, ...ENGINES],
  cli: ['server', 'operations', 'bench', ...VIEWS, ...ENGINES],
  hooks: ['cli', ...ENGINES],
  commands: ['cli', 'server', 'operations', 'bench', ...VIEWS, ...ENGINES],
  page: [],
}

/** Who shows what others make: they may import the types of those, and nothing else from them. */
const MAY_NAME_TYPES = {
  render: [
    ...['operations', 'bench', 'worker', 'letters', 'check', 'producer', 'sample', 'source', 'stack'],
    ...['monitor', 'doctor', 'server'],
  ],
  // Browsers run it, and get its answers from the server
  page: ['server', 'operations', 'monitor', 'doctor', 'queue', 'health', 'letters', 'filter'],
}

const KNOW_OCLIF = ['cli', 'commands']

/** Only these rooms know the keys of a queue, and speak to Redis about it; all others hold a QueueEngine. */
const KNOW_KEYS = ['queue', 'redis']

/** What a room that may not know keys would use: the key names, or a data command of a Redis client. */
const KEYS =
  /\b(queueKeys|QueueKeys)\b|\b[Rr]edis\.(z(?:add|card|count|mscore|pop|range|rem|scan|score)\w*|h(?:del|exists|get|incrby|keys|len|mget|set|vals)\w*|l(?:len|move|pop|push|range)\w*|x(?:add|del|len|range|read)\w*|s(?:add|can|card|et|members|rem)\w*|get|del|unlink|exists|type|eval(?:sha)?|multi|pipeline)\(/

const STATIC =
  /^\s*(?:import|export)\b(\s+type\b)?[^'";]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** @returns one line for each import that breaks a rule; empty if none does */
export function checkLayers(root) {
  const src = join(root, 'src')
  const files = readdirSync(src, {recursive: true, encoding: 'utf8'}).filter((name) => name.endsWith('.ts'))
  const graph = new Map(files.map((name) => [name, importsOf(src, name)]))
  const strays = files.filter((name) => !(layerOf(name) in MAY_IMPORT))
  return [
    ...strays.map(
      (name) => `src/${name}: "${layerOf(name)}" has no place among the layers; see .ci/layers.js`,
    ),
    ...[...graph].flatMap(([name, imports]) => imports.flatMap((found) => judge(root, name, found))),
    ...files.flatMap((name) => judgeKeys(src, name)),
    ...findCycles(graph),
  ]
}

function importsOf(src, name) {
  const text = readFileSync(join(src, name), 'utf8')
  const found = [
    ...[...text.matchAll(STATIC)].map(([, type, from, bare]) => ({
      to: from ?? bare,
      typeOnly: Boolean(type),
    })),
    ...[...text.matchAll(DYNAMIC)].map(([, to]) => ({to, typeOnly: false})),
  ]
  return found.map(({to, typeOnly}) => ({
    to,
    typeOnly,
    file: to.startsWith('.') ? relative(src, resolve(src, dirname(name), to)) : undefined,
  }))
}

function judge(root, name, {to, typeOnly, file}) {
  const from = layerOf(name)
  const at = `src/${name}`
  if (file === undefined) {
    const isOclif = to === '@oclif/core' || to.startsWith('@oclif/')
    return isOclif && !KNOW_OCLIF.includes(from) ? [`${at} imports ${to}; only commands know oclif`] : []
  }
  if (file.startsWith('..')) {
    return [`${at} imports ${relative(root, resolve(root, 'src', file))}, which is outside src`]
  }
  const target = layerOf(file)
  const named = typeOnly && MAY_NAME_TYPES[from]?.includes(target)
  if (target === from || MAY_IMPORT[from]?.includes(target) || named) return []
  return [`${at} imports src/${file}: ${from} may not use ${target}`]
}

function judgeKeys(src, name) {
  if (KNOW_KEYS.includes(layerOf(name))) return []
  const found = KEYS.exec(readFileSync(join(src, name), 'utf8'))?.[0]
  return found
    ? [`src/${name} uses ${found.replace('(', '')}; only ${KNOW_KEYS.join(' and ')} know the keys of a queue`]
    : []
}

/** `queue/lease.ts` → queue, `errors.ts` → errors. */
function layerOf(name) {
  return name.split(sep)[0].replace(/\.ts$/, '')
}

function findCycles(graph) {
  const done = new Set()
  const cycles = []
  const visit = (name, path) => {
    const start = path.indexOf(name)
    if (start >= 0) cycles.push(`cycle: ${[...path.slice(start), name].join(' → ')}`)
    if (start >= 0 || done.has(name)) return
    for (const {file} of graph.get(name) ?? []) if (file) visit(file, [...path, name])
    done.add(name)
  }
  for (const name of graph.keys()) visit(name, [])
  return cycles
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url)))
  const broken = checkLayers(root)
  for (const line of broken) process.stderr.write(`${line}\n`)
  if (broken.length > 0) process.exitCode = 1
}
