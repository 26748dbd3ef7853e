import {expect, it} from 'vitest'
import {exportLetters} from '../../src/letters/export.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()

it.each(['=a', '+a', '-a', '@a', '\ta', '\ra', '\na'])(
  'keeps a spreadsheet from running %j',
  async (message) => {
    const at = context.newQueue()
    await seedLetters(context, at, [{payload: '{}', message}])
    const options = {filter: {}, format: 'csv', safe: true, onLetters: () => {}} as const
    const parts: Buffer[] = []
    for await (const part of exportLetters(at.engine.letters, options)) parts.push(part)
    expect(Buffer.concat(parts).toString()).toContain(`'${message}`)
  },
)
