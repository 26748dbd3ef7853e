import {expect, it} from 'vitest'
import {codeOf, isAboutTls, NETWORK_FAULTS, networkFaultOf} from '../src/network-error.ts'

const FAULTS = {
  ECONNREFUSED: 'socket',
  ECONNRESET: 'socket',
  ECONNABORTED: 'socket',
  EPIPE: 'socket',
  ETIMEDOUT: 'socket',
  EHOSTUNREACH: 'socket',
  ENETUNREACH: 'socket',
  ENOTFOUND: 'lookup',
  EAI_AGAIN: 'lookup',
}

it.each([
  ...Object.entries(FAULTS),
  ['ENOENT', undefined],
  ['EMFILE', undefined],
  ['', undefined],
  ['toString', undefined],
])('%s is a fault of %s', (code, fault) => {
  expect(networkFaultOf(Object.assign(new Error('no words'), {code}))).toBe(fault)
})

it('knows these codes and no others', () => {
  expect(NETWORK_FAULTS).toEqual(FAULTS)
})

it('reads no code from an error without one, or with a number', () => {
  expect(codeOf(new Error('no code'))).toBe('')
  expect(codeOf(Object.assign(new Error('a number'), {code: 7}))).toBe('')
})

it.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', true],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', true],
  ['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', true],
  ['UNABLE_TO_GET_CRL', true],
  ['ERR_TLS_CERT_ALTNAME_INVALID', true],
  ['ERR_SSL_WRONG_VERSION_NUMBER', true],
  ['EPROTO', true],
  ['The server does not support SSL connections', true],
  ['ECONNREFUSED', false],
  ['', false],
])('%s is about TLS: %s', (text, is) => {
  expect(isAboutTls(text)).toBe(is)
})
