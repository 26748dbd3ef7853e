/** A flag or an argument as oclif.manifest.json has it. */
type Input = {name: string} & Record<string, unknown>

/** A command as oclif.manifest.json has it. */
export interface ManifestCommand {
  aliases: string[]
  hiddenAliases: string[]
  hidden?: boolean
  strict: boolean
  args: Record<string, Input>
  flags: Record<string, Input>
}

/** What only `--help` shows, and what the first words of a line say already. */
const UNLISTED = ['name', 'type', 'char', 'allowNo', 'summary', 'description', 'helpGroup', 'helpValue']
  // oclif's own, which changes nothing for the user
  .concat('hasDynamicHelp')

/** Every command with its arguments and flags, one a line; all that `--help` only describes is left out. */
export function describeCommands(commands: Record<string, ManifestCommand>): string {
  const ids = Object.keys(commands).sort()
  return ids.map((id) => describeCommand(id, commands[id])).join('\n')
}

function describeCommand(id: string, command: ManifestCommand): string {
  const {aliases, hiddenAliases, hidden = false, strict, args, flags} = command
  const traits = {aliases, hiddenAliases, hidden, takesMoreArguments: !strict}
  // Their order counts: it is the order of the words
  const words = Object.values(args).map((arg) => `${arg.name}${traitsOf(arg)}`)
  const options = Object.values(flags).map((flag) => `${spelled(flag)}${traitsOf(flag)}`)
  const lines = [...words, ...options.sort()].map((line) => `  ${line}\n`)
  return `qtool ${id.replaceAll(':', ' ')}${traitsOf(traits)}\n${lines.join('')}`
}

/** `-q --queue VALUE`, `--[no-]register`. */
function spelled({name, char, type, allowNo}: Input): string {
  const long = `--${allowNo ? '[no-]' : ''}${name}${type === 'boolean' ? '' : ' VALUE'}`
  return char ? `${long} -${char}` : long
}

/** `  default=20 options=ndjson|csv`: whatever there is, also what a later oclif adds. */
function traitsOf(input: Record<string, unknown>): string {
  const traits = Object.entries(input)
    .filter(([key, value]) => !UNLISTED.includes(key) && value !== false && value !== undefined)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([key, value]) => (value === true ? key : `${key}=${asText(value)}`))
  return traits.length > 0 ? `  ${traits.sort().join(' ')}` : ''
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join('|')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
