import {mkdir, mkdtemp, readdir, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {run} from '../process.ts'

/** apt without root: it changes nothing in the system. */
export interface Apt {
  /** Unpacks one package into `target`. */
  unpack(name: string, target: string): Promise<void>
  /** The packages of shared libraries that `name` depends on. */
  libraries(name: string): Promise<string[]>
}

const APT_MS = 180_000

/** Gives `use` an apt with fresh lists, which are kept in `cache`; everything else is configured as on the system. */
export async function withApt<T>(cache: string, use: (apt: Apt) => Promise<T>): Promise<T> {
  const state = join(cache, 'apt')
  for (const part of ['lists', 'archives']) await mkdir(join(state, part, 'partial'), {recursive: true})
  const isRoot = process.getuid?.() === 0
  const options = [
    `Dir::State::lists=${join(state, 'lists')}`,
    `Dir::Cache=${state}`,
    `Dir::Cache::archives=${join(state, 'archives')}`,
    // apt's download account cannot enter root's folders here, and an ordinary user cannot switch accounts.
    `APT::Sandbox::User=${isRoot ? 'root' : ''}`,
    'Acquire::Retries=2',
  ].flatMap((option) => ['-o', option])
  const folder = await mkdtemp(join(tmpdir(), 'qtool-apt-'))
  const apt = (program: 'apt-get' | 'apt-cache', ...args: string[]) =>
    run(program, [...options, '-qq', ...args], {
      cwd: folder,
      timeout: APT_MS,
      env: {...process.env, LC_ALL: 'C'},
    })
  try {
    await apt('apt-get', 'update')
    return await use({
      async unpack(name, target) {
        const before = new Set(await readdir(folder))
        await apt('apt-get', 'download', name)
        for (const file of await readdir(folder)) {
          if (!before.has(file)) await run('dpkg', ['-x', join(folder, file), target])
        }
      },
      async libraries(name) {
        const {stdout} = await apt('apt-cache', 'depends', name)
        const found = [...stdout.matchAll(/^\s+\|?Depends: (lib[^\s<>]+)$/gm)].map((match) => match[1])
        return found.filter((library) => !library.startsWith('libc6'))
      },
    })
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}
