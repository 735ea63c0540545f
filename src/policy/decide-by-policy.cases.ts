// What ze-filter was seen to decide by its policy file, in our own words: `yes` greylist, `no` do not, `-` nothing said.

/** The example of ze-filter's manual (there the client is 111.222.333.200, which is no address). */
export const MANUAL_POLICY = `
GreyCheckConnect:DEFAULT YES
GreyCheckConnect:111.222.33.200 NO-QUICK
GreyCheckConnect:1.2.3 NO
GreyCheckFrom:yahoo.com YES-QUICK
GreyCheckFrom:joe@yahoo.com NO
GreyCheckTo:martins@ NO
GreyCheckTo:math.mydomain.com NO
GreyCheckTo:postmaster@mydomain.com NO
GreyCheckTo:abuse@mydomain.com NO
GreyCheckTo:hostmaster@mydomain.com NO
`;

/** Client, sender, and the verdict on each recipient. */
export const MANUAL_CASES: readonly (readonly [client: string, sender: string, recipients: string])[] = [
  [
    '10.1.2.3',
    'joe@example.com',
    'bob@mydomain.com=yes martins@other.org=no bob@sub.math.mydomain.com=no postmaster@math.mydomain.com=no',
  ],
  ['10.1.2.3', 'ann@yahoo.com', 'martins@mydomain.com=yes bob@math.mydomain.com=yes postmaster@mydomain.com=yes'],
  [
    '10.1.2.3',
    'joe@yahoo.com',
    'bob@mydomain.com=no martins@other.org=no bob@sub.math.mydomain.com=no postmaster@math.mydomain.com=no',
  ],
  ['10.1.2.3', 'ann@mail.yahoo.com', 'martins@mydomain.com=yes bob@math.mydomain.com=yes postmaster@mydomain.com=yes'],
  [
    '10.1.2.3',
    'joe@mail.yahoo.com',
    'bob@mydomain.com=yes martins@other.org=yes bob@sub.math.mydomain.com=yes postmaster@math.mydomain.com=yes',
  ],
  ['10.1.2.3', '<>', 'martins@mydomain.com=no bob@math.mydomain.com=no postmaster@mydomain.com=no'],
  [
    '111.222.33.200',
    'joe@example.com',
    'bob@mydomain.com=no martins@other.org=no bob@sub.math.mydomain.com=no postmaster@math.mydomain.com=no',
  ],
  ['111.222.33.200', 'ann@yahoo.com', 'martins@mydomain.com=no bob@math.mydomain.com=no postmaster@mydomain.com=no'],
  [
    '111.222.33.200',
    'joe@yahoo.com',
    'bob@mydomain.com=no martins@other.org=no bob@sub.math.mydomain.com=no postmaster@math.mydomain.com=no',
  ],
  [
    '111.222.33.200',
    'ann@mail.yahoo.com',
    'martins@mydomain.com=no bob@math.mydomain.com=no postmaster@mydomain.com=no',
  ],
  [
    '111.222.33.200',
    'joe@mail.yahoo.com',
    'bob@mydomain.com=no martins@other.org=no bob@sub.math.mydomain.com=no postmaster@math.mydomain.com=no',
  ],
  ['111.222.33.200', '<>', 'martins@mydomain.com=no bob@math.mydomain.com=no postmaster@mydomain.com=no'],
  [
    '111.222.33.201',
    'joe@example.com',
    'bob@mydomain.com=yes martins@other.org=no bob@sub.math.mydomain.com=no postmaster@math.mydomain.com=no',
  ],
  ['111.222.33.201', 'ann@yahoo.com', 'martins@mydomain.com=yes bob@math.mydomain.com=yes postmaster@mydomain.com=yes'],
  [
    '111.222.33.201',
    'joe@yahoo.com',
    'bob@mydomain.com=no martins@other.org=no bob@sub.math.mydomain.com=no postmaster@math.mydomain.com=no',
  ],
  [
    '111.222.33.201',
    'ann@mail.yahoo.com',
    'martins@mydomain.com=yes bob@math.mydomain.com=yes postmaster@mydomain.com=yes',
  ],
  [
    '111.222.33.201',
    'joe@mail.yahoo.com',
    'bob@mydomain.com=yes martins@other.org=yes bob@sub.math.mydomain.com=yes postmaster@math.mydomain.com=yes',
  ],
  ['111.222.33.201', '<>', 'martins@mydomain.com=no bob@math.mydomain.com=no postmaster@mydomain.com=no'],
  [
    '1.2.3.4',
    'joe@example.com',
    'bob@mydomain.com=no martins@other.org=no bob@sub.math.mydomain.com=no postmaster@math.mydomain.com=no',
  ],
  ['1.2.3.4', 'ann@yahoo.com', 'martins@mydomain.com=yes bob@math.mydomain.com=yes postmaster@mydomain.com=yes'],
  [
    '1.2.3.4',
    'joe@yahoo.com',
    'bob@mydomain.com=no martins@other.org=no bob@sub.math.mydomain.com=no postmaster@math.mydomain.com=no',
  ],
  ['1.2.3.4', 'ann@mail.yahoo.com', 'martins@mydomain.com=yes bob@math.mydomain.com=yes postmaster@mydomain.com=yes'],
  [
    '1.2.3.4',
    'joe@mail.yahoo.com',
    'bob@mydomain.com=yes martins@other.org=yes bob@sub.math.mydomain.com=yes postmaster@math.mydomain.com=yes',
  ],
  ['1.2.3.4', '<>', 'martins@mydomain.com=no bob@math.mydomain.com=no postmaster@mydomain.com=no'],
  [
    '1.2.30.4',
    'joe@example.com',
    'bob@mydomain.com=yes martins@other.org=no bob@sub.math.mydomain.com=no postmaster@math.mydomain.com=no',
  ],
  ['1.2.30.4', 'ann@yahoo.com', 'martins@mydomain.com=yes bob@math.mydomain.com=yes postmaster@mydomain.com=yes'],
  [
    '1.2.30.4',
    'joe@yahoo.com',
    'bob@mydomain.com=no martins@other.org=no bob@sub.math.mydomain.com=no postmaster@math.mydomain.com=no',
  ],
  ['1.2.30.4', 'ann@mail.yahoo.com', 'martins@mydomain.com=yes bob@math.mydomain.com=yes postmaster@mydomain.com=yes'],
  [
    '1.2.30.4',
    'joe@mail.yahoo.com',
    'bob@mydomain.com=yes martins@other.org=yes bob@sub.math.mydomain.com=yes postmaster@math.mydomain.com=yes',
  ],
  ['1.2.30.4', '<>', 'martins@mydomain.com=no bob@math.mydomain.com=no postmaster@mydomain.com=no'],
];

/** What the rules for client, sender and recipient say, and the verdict. */
export const STAGE_CASES: readonly string[] = [
  '- - YES: yes',
  '- - YES-QUICK: yes',
  '- YES -: yes',
  '- YES NO: no',
  '- YES NO-QUICK: no',
  '- NO YES: yes',
  '- NO YES-QUICK: yes',
  '- YES-QUICK -: yes',
  '- YES-QUICK NO: yes',
  '- YES-QUICK NO-QUICK: yes',
  '- NO-QUICK YES: no',
  '- NO-QUICK YES-QUICK: no',
  'YES - -: yes',
  'YES - NO: no',
  'YES - NO-QUICK: no',
  'YES YES YES: yes',
  'YES YES YES-QUICK: yes',
  'YES NO -: no',
  'YES NO NO: no',
  'YES NO NO-QUICK: no',
  'YES YES-QUICK YES: yes',
  'YES YES-QUICK YES-QUICK: yes',
  'YES NO-QUICK -: no',
  'YES NO-QUICK NO: no',
  'YES NO-QUICK NO-QUICK: no',
  'NO - YES: yes',
  'NO - YES-QUICK: yes',
  'NO YES -: yes',
  'NO YES NO: no',
  'NO YES NO-QUICK: no',
  'NO NO YES: yes',
  'NO NO YES-QUICK: yes',
  'NO YES-QUICK -: yes',
  'NO YES-QUICK NO: yes',
  'NO YES-QUICK NO-QUICK: yes',
  'NO NO-QUICK YES: no',
  'NO NO-QUICK YES-QUICK: no',
  'YES-QUICK - -: yes',
  'YES-QUICK - NO: yes',
  'YES-QUICK - NO-QUICK: yes',
  'YES-QUICK YES YES: yes',
  'YES-QUICK YES YES-QUICK: yes',
  'YES-QUICK NO -: yes',
  'YES-QUICK NO NO: yes',
  'YES-QUICK NO NO-QUICK: yes',
  'YES-QUICK YES-QUICK YES: yes',
  'YES-QUICK YES-QUICK YES-QUICK: yes',
  'YES-QUICK NO-QUICK -: yes',
  'YES-QUICK NO-QUICK NO: yes',
  'YES-QUICK NO-QUICK NO-QUICK: yes',
  'NO-QUICK - YES: no',
  'NO-QUICK - YES-QUICK: no',
  'NO-QUICK YES -: no',
  'NO-QUICK YES NO: no',
  'NO-QUICK YES NO-QUICK: no',
  'NO-QUICK NO YES: no',
  'NO-QUICK NO YES-QUICK: no',
  'NO-QUICK YES-QUICK -: no',
  'NO-QUICK YES-QUICK NO: no',
  'NO-QUICK YES-QUICK NO-QUICK: no',
  'NO-QUICK NO-QUICK YES: no',
  'NO-QUICK NO-QUICK YES-QUICK: no',
];
