import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import Doctor from '../../../src/commands/doctor.ts'
import Inspect from '../../../src/commands/inspect.ts'
import type {Diagnosis} from '../../../src/doctor/diagnose.ts'
import {freePort} from '../../../src/stack/process.ts'
import {type Certificates, newCertificates} from '../../support/certificates.ts'
import {runCommand} from '../../support/run-command.ts'
import {type SentinelSet, startSentinelSet} from '../../support/sentinel-set.ts'

const PASSWORD = 'p+ss word/1'
let certificates: Certificates
let set: SentinelSet

beforeAll(async () => {
  certificates = newCertificates()
  const pair = certificates.issue('server', 'IP:127.0.0.1')
  const ports: [number, number] = [await freePort(), await freePort()]
  set = await startSentinelSet({tls: {...pair, ca: certificates.ca, ports}, password: PASSWORD})
})

afterAll(async () => {
  await set?.stop()
  certificates?.remove()
})

const env = (query: string, more: NodeJS.ProcessEnv = {}) => ({
  REDIS_URL: `${set.url}?ca=${certificates.ca}${query}`,
  DATABASE_URL: inject('databaseUrl'),
  ...more,
})

const inUrl = `&sentinel-password=${encodeURIComponent(PASSWORD)}`

describe('sentinels with TLS and a login of their own', () => {
  it.each([
    ['the URL', () => env(inUrl)],
    ['the environment', () => env('', {QTOOL_SENTINEL_PASSWORD: PASSWORD})],
    ['the URL with a plus as it is', () => env('&sentinel-password=p+ss%20word%2F1')],
    ['the URL, before the environment', () => env(inUrl, {QTOOL_SENTINEL_PASSWORD: 'another'})],
  ])('are asked with the login of %s', async (_, of) => {
    const {code, stderr} = await runCommand(Inspect, ['-q', 'none'], of())
    expect({code, stderr}).toEqual({
      code: 2,
      stderr: expect.stringContaining('no queue "none" on this Redis'),
    })
  })

  it.each([
    ['none', () => env(''), /NOAUTH|HELLO/],
    ['a wrong one', () => env('&sentinel-password=s3cret-and-wrong'), /WRONGPASS/],
  ])('refuse %s, which is said without a password', async (_, of, message) => {
    const {code, stderr} = await runCommand(Inspect, ['-q', 'none'], of())
    expect(code).toBe(4)
    expect(stderr).toMatch(message)
    expect(stderr).toContain('QTOOL_SENTINEL_PASSWORD')
    expect(stderr).not.toMatch(/s3cret|p\+ss/)
  })

  it('are asked by the doctor, who finds nothing wrong', async () => {
    const {json, stdout} = await runCommand(Doctor, ['--json'], env(inUrl))
    const {findings} = json as Diagnosis
    expect(findings.filter(({check}) => check.startsWith('sentinel.'))).toEqual([])
    expect(stdout).not.toMatch(/p\+ss|p%2Bss/i)
  })
})
