import {usageError} from '../errors.ts'
import {editInEditor} from '../letters/editor.ts'

/** Lets the user edit a payload. @throws QtoolError (usage) if vi would be started with nobody to use it */
export async function editByHand(item: Buffer): Promise<Buffer> {
  const {env, stdin} = process
  if (env.VISUAL || env.EDITOR || stdin.isTTY) return editInEditor(item, env)
  throw usageError('no terminal to edit at, and no editor in $EDITOR', '--set PATH=VALUE edits without one')
}
