import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {QtoolError} from '../errors.ts'

/**
 * Opens a text in $VISUAL or $EDITOR, in a file that only this user can read.
 * @returns the bytes as saved, without the line break that editors put at the end
 */
export async function editInEditor(text: Buffer, env: NodeJS.ProcessEnv): Promise<Buffer> {
  const editor = env.VISUAL || env.EDITOR || 'vi'
  const folder = await mkdtemp(join(tmpdir(), 'qtool-edit-'))
  const file = join(folder, 'payload.json')
  try {
    await writeFile(file, text, {mode: 0o600, flag: 'wx'})
    // Through the shell, as git does: the variable may hold arguments ("code --wait")
    const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], {stdio: 'inherit'})
    const [code] = await once(child, 'close')
    if (code !== 0) {
      throw new QtoolError(`editor "${editor}" exited with ${code}`, {
        code: 'EDITOR',
        suggestions: ['nothing was changed; EDITOR=nano qtool dlq edit ID uses another editor'],
      })
    }
    const saved = await readFile(file)
    const end = saved.length - (saved.at(-1) === 0x0a ? (saved.at(-2) === 0x0d ? 2 : 1) : 0)
    return text.at(-1) === 0x0a ? saved : saved.subarray(0, end)
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}
