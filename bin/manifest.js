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

/** Writes a JSON schema that users and qtool itself read. */
function publish(name, {id, title, shape}) {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:qtool:${id}`,
    title,
    ...shape,
  }
  writeFileSync(join(root, 'schemas', `${name}.json`), `${JSON.stringify(schema, null, 2)}\n`)
}

const {BenchRun} = await import('../dist/bench/shape/run.js')
publish('bench-run', {id: 'bench-run:2', title: 'Run of a qtool benchmark', shape: BenchRun})
const {PlanFile} = await import('../dist/operations/plans/shape.js')
publish('plan', {id: 'plan:1', title: 'Plan of a qtool operation', shape: PlanFile})
const {ProfileFile} = await import('../dist/config/profile-shape.js')
publish('profiles', {id: 'profiles:1', title: 'Profiles of qtool', shape: ProfileFile})
