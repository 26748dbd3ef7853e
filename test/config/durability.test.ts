import {describe, expect, it} from 'vitest'
import {resolveSettings, type SettingFlags} from '../../src/config/settings.ts'

const PROFILE = {name: 'p', mode: 'normal' as const, unset: {}}

const resolve = (flags: SettingFlags, env: NodeJS.ProcessEnv = {}, profile: object = {}) =>
  resolveSettings({flags, env, profile: {...PROFILE, ...profile}}).durability

describe('durability', () => {
  it('is memory unless something else is set', () => {
    expect(resolve({})).toEqual({level: 'memory', replicas: 0})
    expect(resolve({}, {QTOOL_MIN_REPLICAS: '2'})).toEqual({level: 'memory', replicas: 0})
  })

  it('comes from a flag, else the environment, else the profile', () => {
    const profile = {durability: 'replica', minReplicas: 3}
    expect(resolve({}, {}, profile)).toEqual({level: 'replica', replicas: 3})
    expect(resolve({}, {QTOOL_DURABILITY: 'disk', QTOOL_MIN_REPLICAS: '2'}, profile)).toEqual({
      level: 'disk',
      replicas: 2,
    })
    expect(resolve({durability: 'memory'}, {QTOOL_DURABILITY: 'disk'}, profile).level).toBe('memory')
  })

  it('asks for one replica with replica, and for none with disk', () => {
    expect(resolve({durability: 'replica'})).toEqual({level: 'replica', replicas: 1})
    expect(resolve({durability: 'disk'})).toEqual({level: 'disk', replicas: 0})
  })

  it.each([
    [{durability: 'replica', 'min-replicas': '0'}, {}, {}, /--min-replicas.*at least 1.*"0"/],
    [{durability: 'replica'}, {QTOOL_MIN_REPLICAS: 'x'}, {}, /QTOOL_MIN_REPLICAS.*"x"/],
    [{}, {QTOOL_DURABILITY: 'disc'}, {}, /QTOOL_DURABILITY to be one of memory, replica, disk, got "disc"/],
    [{}, {}, {durability: 'raft'}, /durability of profile "p".*"raft"/],
  ])('refuses %j with %j and profile %j', (flags, env, profile, message) => {
    expect(() => resolve(flags, env, profile)).toThrow(message)
  })
})
