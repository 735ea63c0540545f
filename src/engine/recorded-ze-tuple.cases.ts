// The parts of keys that ze-filter's greyd was recorded to make of what it was sent: 318 keys, taken apart into their parts
// (its separators, and `nullsender` for a bounce, in our form). A part NONE was always empty.

/** What was sent, each octet as one character, and its part by component. */
export type PartCase = readonly [text: string, parts: { readonly [component: string]: string }];

export interface PartCases {
  readonly client: readonly PartCase[];
  readonly sender: readonly PartCase[];
  readonly recipient: readonly PartCase[];
}

/** What is made of both in the same way. */
export const PARTS: PartCases = {
  client: [
    ['10.1.2.3', { FULL: '10.1.2.3', NET: '10.1.2.0/24' }],
    ['0.0.0.0', { FULL: '0.0.0.0', NET: '0.0.0.0/24' }],
  ],
  sender: [
    ['<joe@example.com>', { FULL: 'joe@example.com', HOST: 'example.com', USER: 'joe' }],
    ['joe@example.com', { FULL: 'joe@example.com', HOST: 'example.com' }],
    ['<Joe@Example.Com>', { FULL: 'joe@example.com', HOST: 'example.com' }],
    ['<', { FULL: '<', HOST: '<' }],
    ['NullSender', { FULL: '<>', HOST: '<>' }],
    ['<nullsender>', { FULL: '<>', HOST: '<>' }],
    ['@example.com', { FULL: '@example.com', HOST: 'example.com' }],
    ['<>joe@example.com', { FULL: '<>', HOST: '<>' }],
    ['joe@example.com>', { FULL: 'joe@example.com>', HOST: 'example.com>' }],
    ['Joe<joe@example.com>x', { FULL: 'joe@example.com', HOST: 'example.com' }],
    ['<joe@[10.1.2.3]>', { FULL: 'joe@[10.1.2.3]', HOST: '[10.1.2.3]' }],
    ['<joe+tag@example.com>', { FULL: 'joe+tag@example.com', HOST: 'example.com' }],
    ['<joe/x@exa/mple.com>', { FULL: 'joe/x@exa/mple.com', HOST: 'exa/mple.com' }],
    ['<joe=x@example.com>', { FULL: 'joe=x@example.com', HOST: 'example.com' }],
    ["<joe'x@example.com>", { FULL: "joe'x@example.com", HOST: 'example.com' }],
    ['<prvs=1234=joe@example.com>', { FULL: 'prvs=1234=joe@example.com', HOST: 'example.com' }],
    ['<bounce-123-456@lists.example.com>', { FULL: 'bounce-123-456@lists.example.com', HOST: 'lists.example.com' }],
    ['joe', { HOST: 'joe', USER: 'joe' }],
    ['Joe@Example.com', { HOST: 'example.com' }],
    [`<${'a'.repeat(64)}@example.com>`, { HOST: 'example.com' }],
    [`<${'a'.repeat(200)}@example.com>`, { HOST: 'example.com' }],
    [`<${'a'.repeat(250)}@example.com>`, { HOST: 'example.com' }],
    [`<${'a'.repeat(256)}@example.com>`, { HOST: 'example.com' }],
    [`<${'a'.repeat(400)}@example.com>`, { HOST: 'example.com' }],
    [`<joe@${'d'.repeat(100)}.example.com>`, { HOST: `${'d'.repeat(100)}.example.com` }],
    [`<joe@${'d'.repeat(240)}.example.com>`, { HOST: `${'d'.repeat(240)}.example.com` }],
    [`<joe@${'d'.repeat(400)}.example.com>`, { HOST: `${'d'.repeat(400)}.example.com` }],
    ['<JOE@EXAMPLE.COM>', { HOST: 'example.com', USER: 'joe' }],
    ['<>', { HOST: '<>', USER: '<>' }],
    ['nullsender', { HOST: '<>', USER: '<>' }],
    ['nullsender@example.com', { HOST: 'example.com', USER: 'nullsender' }],
    ['-', { HOST: '-', USER: '-' }],
    ['<@example.com>', { HOST: 'example.com', USER: '' }],
    ['a<>b@example.com', { HOST: '<>', USER: '<>' }],
    ['<joe@example.com', { HOST: 'example.com', USER: '<joe' }],
    ['<<joe@example.com>>', { HOST: 'example.com', USER: 'joe' }],
    ['<joe@[IPv6:2001:db8::1]>', { HOST: '[ipv6:2001:db8::1]', USER: 'joe' }],
    ['<"joe.blow"@example.com>', { HOST: 'example.com', USER: '"joe.blow"' }],
    ['<joe:x@exa:mple.com>', { HOST: 'exa:mple.com', USER: 'joe:x' }],
    ['<joe%x@example.com>', { HOST: 'example.com', USER: 'joe%x' }],
    ['<joe*?@example.com>', { HOST: 'example.com', USER: 'joe*?' }],
    ['<SRS0=Hash=TT=example.net=joe@example.com>', { HOST: 'example.com', USER: 'srs0=hash=tt=example.net=joe' }],
    ['null@example.com', { HOST: 'example.com', USER: 'null' }],
  ],
  recipient: [
    ['<bob@example.org>', { FULL: 'bob@example.org', HOST: 'example.org', USER: 'bob' }],
    ['bob@example.org', { FULL: 'bob@example.org' }],
    ['<>', { FULL: '' }],
    ['bob', { FULL: 'bob' }],
    ['<@example.org>', { FULL: '@example.org' }],
    ['<bob/x@exa/mple.org>', { FULL: 'bob/x@exa/mple.org' }],
    ['<postmaster>', { FULL: 'postmaster' }],
    ['<bob@example.org', { FULL: '<bob@example.org' }],
    ['-', { FULL: '-', HOST: '-', USER: '-' }],
    ['blow@example.com', { FULL: 'blow@example.com' }],
    ['BOB@Example.Org', { FULL: 'bob@example.org' }],
    [`<${'r'.repeat(100)}@example.org>`, { FULL: `${'r'.repeat(100)}@example.org` }],
    [`<${'r'.repeat(255)}@example.org>`, { FULL: `${'r'.repeat(255)}@example.org` }],
    [`<${'r'.repeat(400)}@example.org>`, { FULL: `${'r'.repeat(400)}@example.org` }],
    ['<BOB@EXAMPLE.ORG>', { HOST: 'example.org', USER: 'bob' }],
    ['postmaster@example.org', { HOST: 'example.org', USER: 'postmaster' }],
    ['<<bob@example.org>>', { HOST: 'example.org', USER: 'bob' }],
    ['nullsender', { HOST: 'nullsender', USER: 'nullsender' }],
  ],
};

/** What we make otherwise, with the reason. `no address`: the protocol refuses it. */
export const PART_DIFFERENCES: { readonly [why: string]: Partial<PartCases> } = {
  'an address has its /64 as NET and is itself as FULL; IPv4 in IPv6 is IPv4 (D3)': {
    client: [
      ['2001:db8:1:2ff:3:4:5:6', { FULL: '2001:db8:1:2ff:3:4:5:6', NET: '2001:db8:1:2ff::/64' }],
      ['2001:DB8:ABCD:12FF:1:2:3:4', { FULL: '2001:db8:abcd:12ff:1:2:3:4', NET: '2001:db8:abcd:12ff::/64' }],
      ['2001:db8:abcd:1300::5', { FULL: '2001:db8:abcd:1300::5', NET: '2001:db8:abcd:1300::/64' }],
      ['::1', { FULL: '::1', NET: '::/64' }],
      ['::ffff:10.1.2.3', { FULL: '10.1.2.3', NET: '10.1.2.0/24' }],
      ['::10.1.2.3', { FULL: '::a01:203', NET: '::/64' }],
      ['IPv6:::1', { FULL: '::1', NET: '::/64' }],
      ['2001:0db8:0001:0002:0003:0004:0005:0006', { FULL: '2001:db8:1:2:3:4:5:6', NET: '2001:db8:1:2::/64' }],
      ['1::2:3:4:5:6:7', { FULL: '1:0:2:3:4:5:6:7', NET: '1:0:2:3::/64' }],
      ['64:ff9b::10.1.2.3', { FULL: '64:ff9b::a01:203', NET: '64:ff9b::/64' }],
    ],
  },
  'what is no address is refused (D3)': {
    client: [
      ['10.1.2', { FULL: 'no address', NET: 'no address' }],
      ['-', { FULL: 'no address', NET: 'no address' }],
      ['host.name', { FULL: 'no address', NET: 'no address' }],
      ['10.1.2.3;x', { FULL: 'no address', NET: 'no address' }],
      ['10.1.2.3/24', { FULL: 'no address', NET: 'no address' }],
      ['1:2:3:4:5:6:7:8:9', { FULL: 'no address', NET: 'no address' }],
      ['2001:db8:zzzz::1', { FULL: 'no address', NET: 'no address' }],
      ['2001:db8:12345::1', { FULL: 'no address', NET: 'no address' }],
      ['a:b', { FULL: 'no address', NET: 'no address' }],
    ],
  },
  'postmaster and mailer-daemon are senders like others (D24)': {
    sender: [
      ['POSTMASTER', { FULL: 'postmaster', HOST: 'postmaster' }],
      ['postmaster@example.com', { FULL: 'postmaster@example.com', HOST: 'example.com' }],
      ['postmasters@example.com', { FULL: 'postmasters@example.com', HOST: 'example.com' }],
      ['mailer-daemon', { FULL: 'mailer-daemon', HOST: 'mailer-daemon' }],
      ['<mailer-daemon@example.com>', { FULL: 'mailer-daemon@example.com', HOST: 'example.com' }],
      ['mailer-daemons@example.com', { FULL: 'mailer-daemons@example.com', HOST: 'example.com' }],
      ['<MAILER-DAEMON@>', { FULL: 'mailer-daemon', HOST: 'mailer-daemon' }],
      ['postmaster', { HOST: 'postmaster', USER: 'postmaster' }],
      ['<postmaster>', { HOST: 'postmaster', USER: 'postmaster' }],
      ['<postmaster@example.com>', { HOST: 'example.com', USER: 'postmaster' }],
      ['postmaster-general@example.com', { HOST: 'example.com', USER: 'postmaster-general' }],
      ['MAILER-DAEMON@example.com', { HOST: 'example.com', USER: 'mailer-daemon' }],
      ['<MAILER-DAEMON>', { HOST: 'mailer-daemon', USER: 'mailer-daemon' }],
    ],
  },
  'without a domain an address is its local part': {
    sender: [
      ['@', { FULL: '', HOST: '' }],
      ['joe@', { FULL: 'joe', HOST: 'joe' }],
      ['<joe@>', { HOST: 'joe', USER: 'joe' }],
    ],
    recipient: [['<bob@>', { HOST: 'bob', USER: 'bob' }]],
  },
  'the last @ counts (RFC 5321)': {
    sender: [
      ['<joe@a.example@b.example>', { FULL: 'joe@a.example@b.example', HOST: 'b.example' }],
      ['<@relay.example:joe@example.com>', { FULL: '@relay.example:joe@example.com', HOST: 'example.com' }],
      ['<a@b.example><c@d.example>', { HOST: 'd.example', USER: 'a@b.example><c' }],
    ],
    recipient: [['<bob@a.example@b.example>', { HOST: 'b.example', USER: 'bob@a.example' }]],
  },
  'no character is replaced, since nothing separates the parts (D13)': {
    sender: [
      ['<joe;x@exa;mple.com>', { FULL: 'joe;x@exa;mple.com', HOST: 'exa;mple.com' }],
      ['<joe\x01x@exa\x01mple.com>', { FULL: 'joe\x01x@exa\x01mple.com', HOST: 'exa\x01mple.com' }],
      ['<joe#x@exa#mple.com>', { HOST: 'exa#mple.com', USER: 'joe#x' }],
      ['<joe\tx@exa\tmple.com>', { HOST: 'exa\tmple.com', USER: 'joe\tx' }],
    ],
    recipient: [
      ['<bob;x@exa;mple.org>', { FULL: 'bob;x@exa;mple.org' }],
      ['<bob#x@exa#mple.org>', { HOST: 'exa#mple.org', USER: 'bob#x' }],
      ['<bob\tx@example.org>', { HOST: 'example.org', USER: 'bob\tx' }],
    ],
  },
  // Recorded in Latin-1, and kept as it was.
  'text is UTF-8 (RFC 6531), and what is none is read as U+FFFD': {
    sender: [['<jo\xe9@ex\xe9mple.com>', { HOST: 'ex\ufffdmple.com', USER: 'jo\ufffd' }]],
    recipient: [['<b\xf6b@example.org>', { FULL: 'b\ufffdb@example.org' }]],
  },
  'case does not matter outside ASCII either': {
    sender: [['<J\xc3\x89@example.com>', { FULL: 'jé@example.com', HOST: 'example.com' }]],
  },
  'dots at the end of a domain are dropped': {
    sender: [['<joe@example.com.>', { HOST: 'example.com', USER: 'joe' }]],
  },
};
