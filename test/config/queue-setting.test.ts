import {describe, expect, it} from 'vitest'
import {bookOf, type ExpandedProfile} from '../../src/config/profile.ts'
import {resolveSettings, type SettingInputs} from '../../src/config/settings.ts'

const profile: ExpandedProfile = {name: 'p', mode: 'normal', unset: {}}

function settled({flags = {}, env = {}, ...rest}: Partial<SettingInputs>) {
  const {queue, said} = resolveSettings({flags, env, ...rest})
  return {queue: queue.value, ...said}
}

describe('the key of a queue', () => {
  const ofProfile = {...profile, queue: 'orders', readyKey: 'celery'}

  it('comes from a variable or a profile, with the queue beside it', () => {
    expect(settled({env: {QTOOL_QUEUE: 'orders', QTOOL_READY_KEY: 'app:orders'}})).toMatchObject({
      queue: 'orders',
      key: 'app:orders',
    })
    expect(settled({profile: ofProfile})).toMatchObject({queue: 'orders', key: 'celery'})
  })

  it('is the name of the queue where nothing else names it', () => {
    expect(settled({env: {QTOOL_READY_KEY: 'celery'}, profile: {...profile, queue: 'orders'}})).toMatchObject(
      {queue: 'celery', key: 'celery'},
    )
    expect(settled({profile: {...profile, readyKey: 'celery'}}).queue).toBe('celery')
  })

  it('is not that of a queue which is named nearer', () => {
    expect(settled({flags: {queue: 'other'}, env: {QTOOL_READY_KEY: 'celery'}}).key).toBeUndefined()
    expect(settled({env: {QTOOL_QUEUE: 'other'}, profile: ofProfile}).key).toBeUndefined()
    expect(settled({flags: {queue: 'x', 'redis-key': 'y'}, profile: ofProfile}).key).toBe('y')
  })
})

describe('the engine and the end of a list', () => {
  it('are usual ones where a variable or a profile says them, and told where a flag does', () => {
    const env = {QTOOL_ENGINE: 'list', QTOOL_LIST_POPS: 'right'}
    expect(settled({env})).toMatchObject({usualEngine: 'list', usuallyPops: 'right', engine: undefined})
    expect(settled({profile: {...profile, engine: 'stream', listPops: 'left'}})).toMatchObject({
      usualEngine: 'stream',
      usuallyPops: 'left',
    })
    expect(settled({env, flags: {engine: 'zset'}})).toMatchObject({engine: 'zset'})
  })

  it('of a variable come before those of a profile and of a job library', () => {
    const env = {QTOOL_LIST_POPS: 'left', QTOOL_PAYLOAD: 'celery', QTOOL_ENGINE: 'list'}
    expect(settled({env, profile: {...profile, engine: 'stream', listPops: 'right'}})).toMatchObject({
      usualEngine: 'list',
      usuallyPops: 'left',
    })
  })

  it.each([
    ['QTOOL_ENGINE', 'set'],
    ['QTOOL_LIST_POPS', 'top'],
  ])('a wrong word in %s is refused', (name, word) => {
    expect(() => settled({env: {[name]: word}})).toThrow(`expected ${name} to be one of`)
  })

  it.each(['engine', 'listPops'])('a wrong %s in the file of profiles is refused', (field) => {
    const file = {profiles: [{name: 'p', [field]: 'top'}]}
    expect(() => bookOf(file, 'file')).toThrow(`"${field}" of profile "p" to be one of`)
  })
})
