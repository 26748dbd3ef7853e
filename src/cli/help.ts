import {type Command, Help as OclifHelp} from '@oclif/core'

/** A line break within a paragraph: what follows is neither blank nor indented nor an item of a list. */
const WITHIN_PARAGRAPH = /(\S)\n(?!\s|- )/g

/** Help whose paragraphs wrap at the width of the terminal, wherever their source has its line breaks. */
export default class Help extends OclifHelp {
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
