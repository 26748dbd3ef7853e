import {Flags} from '@oclif/core'

const RULE = {helpGroup: 'RULE', multiple: true} as const

/** How payloads are changed; see docs/dead-letters.md. */
export const ruleFlags = {
  'rename-key': Flags.string({
    ...RULE,
    summary: 'Rename a key in every record (repeatable).',
    helpValue: 'OLD=NEW',
  }),
  'drop-key': Flags.string({
    ...RULE,
    summary: 'Drop a key from every record (repeatable).',
    helpValue: 'KEY',
  }),
  convert: Flags.string({
    ...RULE,
    summary: [
      'Convert a value in every record (repeatable): comma-decimal, number, string, epoch-s, epoch-ms, epoch-us,',
      'epoch-ns, date-dmy, date-mdy, trim, empty-null or json.',
    ].join(' '),
    helpValue: 'PATH:CONVERSION',
  }),
  set: Flags.string({...RULE, summary: 'Set a value in every record (repeatable).', helpValue: 'PATH=VALUE'}),
}
