// Writes the help of every command and topic as oclif shows it, one file each, into the folder given as argument; see
// quick.js. It runs in a process of its own, because oclif reads width and styles from the environment only once.
import {mkdirSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {Config, loadHelpClass} from '@oclif/core'

const folder = process.argv[2]
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const {commandIDs, topics} = await Config.load(root)

/** @param words name of a command or topic; none for the help of qtool itself */
async function render(...words) {
  const lines = []
  // Loaded each time, because oclif rewrites the command ids in a configuration when it lists the commands
  const config = await Config.load(root)
  const Help = await loadHelpClass(config)
  class Written extends Help {
    log(...parts) {
      lines.push(parts.join(' '))
    }
  }
  await new Written(config, config.pjson.oclif.helpOptions).showHelp([...words, '--help'])
  return `${lines.join('\n')}\n`
}

mkdirSync(folder, {recursive: true})
writeFileSync(join(folder, '.txt'), await render())
for (const id of [...commandIDs, ...topics.map(({name}) => name)]) {
  const words = id.split(':')
  writeFileSync(join(folder, `${words.join(' ')}.txt`), await render(...words))
}
