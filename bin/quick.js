// Answers --version and --help without loading oclif, which takes longer than everything else: the build has stored
// what oclif prints.
import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Width of the stored help, in columns. */
const WIDTH = 80

/** @returns the answer, or undefined if oclif has to give it */
export function quickAnswer(argv, env = process.env, stdout = process.stdout) {
  try {
    if (argv.length === 1 && ['--version', '-v'].includes(argv[0])) return version()
    const words = argv.slice(0, -1)
    const isHelp = ['--help', '-h'].includes(argv.at(-1))
    if (!isHelp || !words.every((word) => /^[a-z-]+$/.test(word)) || !isUsual(env, stdout)) return undefined
    const style = stdout.isTTY && !env.NO_COLOR && env.TERM !== 'dumb' ? 'styled' : 'plain'
    return readFileSync(join(root, 'dist', 'help', style, `${words.join(' ')}.txt`), 'utf8')
  } catch {
    // No such command, or a checkout that is not built
    return undefined
  }
}

/** Whether neither the environment nor the terminal calls for another width or style than the stored help has. */
function isUsual(env, {isTTY, columns}) {
  return !env.OCLIF_COLUMNS && env.FORCE_COLOR === undefined && (!isTTY || columns >= WIDTH)
}

/** Worded as oclif words it. */
function version() {
  const {name, version: own} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return `${name}/${own} ${process.platform}-${process.arch} node-${process.version}\n`
}
