import { deviceInWords } from './device';

const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';

it.each([
  [`${windows} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0`, 'Edge on Windows'],
  [`${windows} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36`, 'Chrome on Windows'],
  [`${windows} Gecko/20100101 Firefox/140.0`, 'Firefox on Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1', 'Safari on iPhone'],
  ['python-requests/2.32', 'a program'],
  ['<b>Bank of Riverside</b>: call 07400 123456 (Linux)', 'a program on Linux'],
  [null, null],
])('HE8: a device is told in our own words: %s', (userAgent, words) => {
  expect(deviceInWords(userAgent)).toBe(words);
});
