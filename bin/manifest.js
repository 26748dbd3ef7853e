// Writes oclif.manifest.json, which lets oclif list every command without loading any, and the help of each command.
import {spawnSync} from 'node:child_process'
import {rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {Plugin} from '@oclif/core'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const plugin = new Plugin({root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true})
await plugin.load()
writeFileSync(join(root, 'oclif.manifest.json'), `${JSON.stringify(plugin.manifest)}\n`)

const help = join(root, 'dist', 'help')
rmSync(help, {recursive: true, force: true})
for (const [style, color] of [
  ['plain', '0'],
  ['styled', '1'],
]) {
  const env = {...process.env, OCLIF_COLUMNS: '80', FORCE_COLOR: color, NODE_ENV: 'production'}
  const {status} = spawnSync(process.execPath, [join(root, 'bin', 'help.js'), join(help, style)], {
    env,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

const {BenchRun} = await import('../dist/bench/shape/run.js')
const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:qtool:bench-run:2',
  title: 'Run of a qtool benchmark',
  ...BenchRun,
}
writeFileSync(join(root, 'schemas', 'bench-run.json'), `${JSON.stringify(schema, null, 2)}\n`)
