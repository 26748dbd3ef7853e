import type {Line} from './at-cursor.ts'
import type {KnownCommand, KnownCommands, KnownFlag} from './manifest.ts'

interface Word {
  text: string
  summary?: string
}

/** The words that may follow in the name of a command. */
export function namesAfter(path: readonly string[], commands: KnownCommands): Word[] {
  const start = path.map((word) => `${word}:`).join('')
  const names = new Map<string, string | undefined>()
  for (const [id, {summary, hidden}] of Object.entries(commands)) {
    if (!id.startsWith(start) || hidden) continue
    const [name, ...rest] = id.slice(start.length).split(':')
    // A topic stands for several commands, and has no summary of its own in the manifest
    names.set(name, rest.length > 0 ? undefined : summary)
  }
  return [...names].map(([text, summary]) => ({text, summary}))
}

/** The flags that may still be given. */
export function flagsLeft({flags}: KnownCommand, given: Line['given']): Word[] {
  const left = Object.values(flags).filter(
    ({name, multiple, hidden, exclusive = []}) =>
      !hidden && (multiple || !given.has(name)) && !exclusive.some((other) => given.has(other)),
  )
  return [...left.flatMap(spellings), {text: '--help', summary: 'Show help.'}]
}

function spellings({name, allowNo, summary, description}: KnownFlag): Word[] {
  const text = summary ?? description?.split('\n')[0]
  return [`--${name}`, ...(allowNo ? [`--no-${name}`] : [])].map((one) => ({text: one, summary: text}))
}
