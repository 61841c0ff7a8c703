/**
 * The words that guessers of passwords try first, alone, repeated, or with a few characters around them. Short on
 * purpose: length carries a password (NIST SP 800-63B-4 §3.1.1.2), this catches what length does not.
 */
export const guessedWords: readonly string[] = [
  ...['password', 'passwort', 'passphrase', 'secret', 'letmein', 'welcome', 'changeme', 'default', 'access', 'login'],
  ...['admin', 'administrator', 'manager', 'reception', 'doctor', 'nurse', 'clinic', 'surgery', 'practice', 'hospital'],
  ...['qwerty', 'qwertyuiop', 'qwertz', 'azerty', 'asdfgh', 'asdfghjkl', 'zxcvbnm', '1q2w3e4r', '1qaz2wsx', 'abc123'],
  ...['123456', '12345678', '123456789', '1234567890', '987654321', '111111', '000000', 'iloveyou', 'trustno1'],
  ...['monkey', 'dragon', 'master', 'shadow', 'sunshine', 'princess', 'superman', 'batman', 'starwars', 'pokemon'],
  ...['football', 'baseball', 'liverpool', 'arsenal', 'chelsea', 'charlie', 'michael', 'jordan', 'summer', 'winter'],
  ...['spring', 'autumn', 'january', 'february', 'october', 'november', 'december', 'monday', 'friday', 'cofactor'],
];
