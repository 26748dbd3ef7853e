import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, expect, it} from 'vitest'

const PAGES = ['README.md', ...readdirSync('docs').map((name) => join('docs', name))]

interface Command {
  flags: Record<string, {aliases?: string[]; char?: string; allowNo?: boolean}>
}
const {commands}: {commands: Record<string, Command>} = JSON.parse(
  readFileSync('oclif.manifest.json', 'utf8'),
)

/** Command lines of qtool in code spans and code blocks, without comments and whatever follows a pipe. */
function commandLines(text: string): string[] {
  const code = [...text.matchAll(/```\w*\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
    ([, block, span]) => block ?? span,
  )
  return code
    .flatMap((part) => part.split('\n'))
    .flatMap((line) => line.split(/[|#]/))
    .map((line) => line.trim().replace(/^\$ /, ''))
    .filter((line) => /^qtool [a-z]/.test(line))
}

/** The id of the command that a line names, as the manifest writes it; undefined for a topic. */
function commandOf(words: string[]): string | undefined {
  const ids = words.map((_, i) => words.slice(0, i + 1).join(':'))
  return ids.findLast((id) => id in commands)
}

function flagsOf({flags}: Command): Set<string> {
  return new Set(
    Object.entries(flags).flatMap(([name, {char, allowNo}]) => [
      `--${name}`,
      ...(char ? [`-${char}`] : []),
      ...(allowNo ? [`--no-${name}`] : []),
    ]),
  )
}

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(page, 'utf8')

  it('names only commands and flags that there are', () => {
    for (const line of commandLines(text)) {
      const words = line.split(/\s+/).slice(1)
      const isTopic = Object.keys(commands).some((id) => id.startsWith(`${words[0].replace(/,$/, '')}:`))
      const id = commandOf(words.map((word) => word.replace(/,$/, '')))
      if (id === undefined && isTopic) continue
      expect(id, line).toBeDefined()
      const known = flagsOf(commands[id as string])
      for (const word of words) {
        const [, flag] = /^\[?(--?[a-z][a-z-]*)/.exec(word) ?? []
        if (flag) expect([...known, '--help'], line).toContain(flag)
      }
    }
  })

  it('links only to files that there are', () => {
    for (const [, target] of text.matchAll(/\]\(([^)#:]+)\)/g)) {
      expect(existsSync(join(dirname(page), target)), target).toBe(true)
    }
  })
})
