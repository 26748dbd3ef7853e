import {expect, it} from 'vitest'
import {snakeCase} from '../../../src/config/mapping/snake-case.ts'

it.each([
  ['deviceId', 'device_id'],
  ['deviceID', 'device_id'],
  ['HTTPServer', 'http_server'],
  ['pointX1', 'point_x1'],
  ['point1X', 'point1_x'],
  ['DeviceId', 'device_id'],
  ['länderÜbersicht', 'länder_übersicht'],
  ['device_Id', 'device_id'],
  ['device_id', undefined],
  ['', undefined],
])('%s becomes %s', (key, column) => {
  expect(snakeCase(key)).toBe(column)
})
