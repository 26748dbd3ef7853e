import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'

/** Debian's, for which its packages of Celery and RQ are. */
const PYTHON = '/usr/bin/python3'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** Starts Python in this folder. */
export function startPython(args: string[], env: Record<string, string>) {
  const all = {...process.env, ...env, PYTHONDONTWRITEBYTECODE: '1', C_FORCE_ROOT: '1'}
  return spawn(PYTHON, args, {cwd: HERE, env: all, stdio: ['ignore', 'pipe', 'pipe']})
}

/** Runs Python to its end. @returns stdout @throws Error with its stderr if it fails, as without the packages */
export async function python(args: string[], env: Record<string, string>): Promise<string> {
  const child = startPython(args, env)
  let [out, err] = ['', '']
  child.stdout.on('data', (text) => {
    out += text
  })
  child.stderr.on('data', (text) => {
    err += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${PYTHON} ${args.join(' ')} ended with ${code}: ${err}`)
  return out
}
