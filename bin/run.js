#!/usr/bin/env node
import {listenForBrokenOutput} from '../dist/terminal.js'
import {quickAnswer} from './quick.js'

listenForBrokenOutput()
const answer = quickAnswer(process.argv.slice(2))
if (answer === undefined) await import('./full.js')
else process.stdout.write(answer)
