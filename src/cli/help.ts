import {type Command, Help as OclifHelp} from '@oclif/core'

/** A line break within a paragraph: what follows is neither blank nor indented nor an item of a list. */
const WITHIN_PARAGRAPH = /(\S)\n(?!\s|- )/g

/** Help whose paragraphs wrap at the width of the terminal, wherever their source has its line breaks. */
export default class Help extends OclifHelp {
  /** Help for what does not exist is an unknown command, like that command itself; oclif has other words for it. */
  override async showHelp(argv: string[]): Promise<void> {
    const end = argv.findIndex((word) => word.startsWith('-'))
    const words = end < 0 ? argv : argv.slice(0, end)
    const subject = this.#subject(words)
    if (subject) return super.showHelp([...subject, ...argv.slice(words.length)])
    await this.config.runHook('command_not_found', {id: words.join(':'), argv})
  }

  /** The topic that the words are, or the command with which they begin, since its arguments may follow. */
  #subject(words: string[]): string[] | undefined {
    const isTopic = this.config.findTopic(words.join(':')) !== undefined
    if (words.length === 0 || isTopic) return words
    const beginnings = words.map((_, i) => words.slice(0, i + 1))
    return beginnings.findLast((beginning) => this.config.findCommand(beginning.join(':')) !== undefined)
  }

  protected override formatCommand(command: Command.Loadable): string {
    const flags = Object.entries(command.flags).map(([name, flag]) => [name, shown(flag)])
    return super.formatCommand({
      ...command,
      description: reflow(command.description),
      flags: Object.fromEntries(flags),
    })
  }
}

/**
 * A flag as help shows it: with the flags that it needs, or goes without, at the end of its summary. The usage that oclif
 * makes of them has gaps where a flag is part of several such groups: `[--plan FILE | --dry-run | ]`.
 */
function shown({dependsOn = [], exclusive = [], ...flag}: Command.Flag.Cached): Command.Flag.Cached {
  const relations = [
    ...(dependsOn.length > 0 ? [`Needs ${named(dependsOn)}.`] : []),
    ...(exclusive.length > 0 ? [`Not with ${named(exclusive)}.`] : []),
  ]
  const summary = [flag.summary, ...relations].filter(Boolean).join(' ')
  return {...flag, summary, description: reflow(flag.description)}
}

/** `--a`, `--a or --b`, `--a, --b or --c`. */
function named(flags: readonly string[]): string {
  const names = flags.map((name) => `--${name}`)
  const last = names.pop()
  return names.length === 0 ? `${last}` : `${names.join(', ')} or ${last}`
}

function reflow(text: string | undefined): string | undefined {
  return text?.replace(WITHIN_PARAGRAPH, '$1 ')
}
