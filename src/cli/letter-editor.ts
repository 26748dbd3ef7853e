import {mkdtemp, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {messageOf, QtoolError, usageError} from '../errors.ts'
import {assertItem} from '../letters/edit/run-edit.ts'
import {editInEditor} from '../letters/editor.ts'
import {askAtTerminal} from './terminal.ts'

/** Makes a new payload of the old one. */
type Edit = (item: Buffer) => Promise<Buffer>

/**
 * Lends a way to edit a payload by hand. If anything fails, what was typed is in a file, which the error names.
 * @throws QtoolError (usage) if vi would be started without a terminal, or for a text that was abandoned
 */
export async function withEditor<R>(use: (edit: Edit) => Promise<R>): Promise<R> {
  let typed: Buffer | undefined
  const edit = async (item: Buffer) => {
    assertEditor()
    for (let text = item; ; ) {
      text = await editInEditor(text, process.env)
      if (text.equals(item)) return text
      typed = text
      const fault = faultOf(text)
      if (!fault) return text
      if (!(process.stdin.isTTY && (await wantsAnother(fault)))) throw fault
    }
  }
  return use(edit).catch(async (error: unknown) => {
    throw typed ? withFile(error, await keep(typed)) : error
  })
}

function assertEditor(): void {
  const {env, stdin} = process
  if (env.VISUAL || env.EDITOR || stdin.isTTY) return
  throw usageError(
    'no terminal to edit at, and no editor in $EDITOR',
    'rules such as --set PATH=VALUE edit without one',
  )
}

function faultOf(text: Buffer): unknown {
  try {
    assertItem(text)
    return undefined
  } catch (error) {
    return error
  }
}

async function wantsAnother(fault: unknown): Promise<boolean> {
  const answer = await askAtTerminal(`${messageOf(fault)}. Edit it again? [Y/n] `)
  return !/^no?$/i.test(answer)
}

/** In a file that only this user can read. @returns its path */
async function keep(text: Buffer): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'qtool-edited-')), 'payload.json')
  await writeFile(file, text, {mode: 0o600})
  return file
}

function withFile(error: unknown, file: string): unknown {
  if (!(error instanceof QtoolError)) return error
  const {message, code, kind, suggestions} = error
  return new QtoolError(message, {
    code,
    kind,
    cause: error,
    suggestions: [...suggestions, `what you typed is in ${file}`],
  })
}
