import {Flags} from '@oclif/core'

/** The filter in the language of docs/filters.md. */
export const whereFlag = {
  where: Flags.string({
    helpGroup: 'FILTER',
    summary: "Filter, such as 'age>2h NOT payload.source:igc'; see docs/filters.md.",
    helpValue: 'FILTER',
  }),
}
