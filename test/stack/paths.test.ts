import {chmod, chown, mkdir, mkdtemp, rename, rm, symlink} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {assertOwn, enterableFolder, makeFolder, othersMayEnter, stackPaths} from '../../src/stack/paths.ts'

const isRoot = process.getuid?.() === 0
const deputy = {uid: 65534, gid: 65534}
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qtool-paths-'))
  await chmod(folder, 0o755)
})

afterAll(() => rm(folder, {recursive: true}))

describe('the folders of the stack', () => {
  it('are all in QTOOL_HOME, but for a cache that QTOOL_CACHE names', () => {
    expect(stackPaths({QTOOL_HOME: '/x'})).toMatchObject({data: '/x', cache: '/x/cache'})
    expect(stackPaths({QTOOL_HOME: '/x', QTOOL_CACHE: '/y'})).toMatchObject({data: '/x', cache: '/y'})
    expect(stackPaths({QTOOL_HOME: 'x'}).data).toBe(join(process.cwd(), 'x'))
  })

  it.runIf(isRoot)("are the system's for root, whose servers run as somebody else", () => {
    const paths = stackPaths({HOME: folder})
    expect(paths).toMatchObject({data: '/var/lib/qtool', cache: '/var/cache/qtool'})
    expect(paths.account?.uid).toBeGreaterThan(0)
  })

  it.skipIf(isRoot)(
    'are the ones of XDG for a user, and beside the temporary files for one without a home',
    () => {
      expect(stackPaths({HOME: folder})).toMatchObject({
        data: join(folder, '.local/share/qtool'),
        cache: join(folder, '.cache/qtool'),
      })
      expect(stackPaths({HOME: folder, XDG_DATA_HOME: `${folder}/d`}).data).toBe(`${folder}/d/qtool`)
      expect(stackPaths({HOME: '/nonexistent'}).data).toBe(join(tmpdir(), `qtool-${process.getuid?.()}`))
    },
  )
})

describe("a folder for the servers' account", () => {
  it('is where it is wanted, when others may get there', () => {
    expect(enterableFolder(folder, 'redis', deputy)).toBe(join(folder, 'redis'))
  })

  it('is somewhere else, always the same, when a parent is closed', async () => {
    const closed = join(folder, 'closed')
    await mkdir(join(closed, 'deep'), {recursive: true})
    await chmod(closed, 0o700)
    const found = enterableFolder(join(closed, 'deep'), 'redis', deputy)
    expect(found.startsWith(closed)).toBe(false)
    expect(othersMayEnter(join(found, '..'))).toBe(true)
    expect(enterableFolder(join(closed, 'deep'), 'redis', deputy)).toBe(found)
    expect(enterableFolder(join(closed, 'deep'), 'redis', undefined)).toBe(join(closed, 'deep', 'redis'))
  })

  it('is refused among temporary files when others may write to it', async () => {
    const open = join(folder, 'open')
    await mkdir(open)
    await chmod(open, 0o777)
    expect(() => makeFolder(open, undefined)).toThrow(/can be changed by other users/)
  })

  it.each(['group', 'others', 'a link', 'somebody else'])(
    'is not trusted where its parent is open to %s',
    async (whom) => {
      const parent = join(folder, whom.replace(' ', '-'))
      const real = join(folder, `${whom.replace(' ', '-')}-real`)
      await mkdir(join(real, 'deep'), {recursive: true, mode: 0o755})
      if (whom === 'a link') await symlink(real, parent)
      else await rename(real, parent)
      if (whom === 'group') await chmod(parent, 0o775)
      if (whom === 'others') await chmod(parent, 0o757)
      if (whom === 'somebody else') {
        if (!isRoot) return
        await chown(parent, deputy.uid, deputy.gid)
      }
      expect(() => assertOwn(join(parent, 'deep'))).toThrow(`${parent} can be changed by other users`)
      expect(() => makeFolder(join(parent, 'deep', 'new'), undefined)).toThrow(/other users/)
    },
  )

  it('is trusted where it is the own one, or not there yet', async () => {
    await mkdir(join(folder, 'mine'), {mode: 0o755})
    expect(() => assertOwn(join(folder, 'mine', 'later', 'still'))).not.toThrow()
  })
})
