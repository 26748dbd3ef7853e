import {readFileSync} from 'node:fs'
import {packageFile} from '../../package-file.ts'

/** A flag as oclif.manifest.json has it. */
export interface KnownFlag {
  name: string
  type: 'boolean' | 'option'
  char?: string
  summary?: string
  description?: string
  helpValue?: string
  options?: string[]
  exclusive?: string[]
  multiple?: boolean
  allowNo?: boolean
  hidden?: boolean
}

export interface KnownArgument {
  name: string
  options?: string[]
}

export interface KnownCommand {
  summary?: string
  hidden?: boolean
  /** False if it takes more arguments than it names. */
  strict?: boolean
  args: Record<string, KnownArgument>
  flags: Record<string, KnownFlag>
}

/** By id: `dlq:list`. */
export type KnownCommands = Record<string, KnownCommand>

/** What the command line takes, from the file that the build writes: no command is loaded for it. */
export function readManifest(): KnownCommands {
  const path = packageFile('oclif.manifest.json')
  const {commands}: {commands: KnownCommands} = JSON.parse(readFileSync(path, 'utf8'))
  return commands
}
