import {type Command, Help as OclifHelp} from '@oclif/core'

/** A line break within a paragraph: what follows is neither blank nor indented nor an item of a list. */
const WITHIN_PARAGRAPH = /(\S)\n(?!\s|- )/g

/** Help whose paragraphs wrap at the width of the terminal, wherever their source has its line breaks. */
export default class Help extends OclifHelp {
  /** Help for what does not exist is an unknown command, like that command itself; oclif has other words for it. */
  override async showHelp(argv: string[]): Promise<void> {
    const end = argv.findIndex((word) => word.startsWith('-'))
    const words = end < 0 ? argv : argv.slice(0, end)
    if (this.#exists(words)) return super.showHelp(argv)
    await this.config.runHook('command_not_found', {id: words.join(':'), argv})
  }

  /** Whether the words are a topic, or begin with a command: its arguments may follow. */
  #exists(words: string[]): boolean {
    const isCommand = (id: string) => this.config.findCommand(id) !== undefined
    const isTopic = this.config.findTopic(words.join(':')) !== undefined
    return words.length === 0 || isTopic || words.some((_, i) => isCommand(words.slice(0, i + 1).join(':')))
  }

  protected override formatCommand(command: Command.Loadable): string {
    const flags = Object.entries(command.flags).map(([name, flag]) => [
      name,
      {...flag, description: reflow(flag.description)},
    ])
    return super.formatCommand({
      ...command,
      description: reflow(command.description),
      flags: Object.fromEntries(flags),
    })
  }
}

function reflow(text: string | undefined): string | undefined {
  return text?.replace(WITHIN_PARAGRAPH, '$1 ')
}
