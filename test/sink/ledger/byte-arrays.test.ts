import {expect, it} from 'vitest'
import {packTexts, unpackTexts} from '../../../src/sink/ledger/byte-arrays.ts'
import {useServers, withClient} from '../../support/context.ts'

const context = useServers()

it.each([[[]], [['']], [['a', '', 'ü€😀', '\\x00', '"{,}"', 'x'.repeat(100_000), 'b']]])(
  'the server gets the bytes of each text back (%#)',
  async (texts: string[]) => {
    const {rows} = await withClient(context, (client) =>
      client.query<{texts: Buffer[]}>(`SELECT ${unpackTexts(1, 2)} AS texts`, packTexts(texts)),
    )
    expect(rows[0].texts.map(String)).toEqual(texts)
  },
)
