// The original daemon's recorded scoring (scenarios s..., and of its DNS scenarios d... those about the meaning of an answer).
// A line a case: what DNS says | what was reported | outcome | options.
//
// DNS: names of the client 203.0.113.10, each resolving back unless `NAME=ADDRESS,...`, `NAME=none` or `NAME=failed` says
// otherwise; `mx` is mail.example.com, `ptr=failed` a failing reverse lookup; lists that have the client, `LIST=ANSWER` where
// the answer is not 127.0.0.2. Reports: `COUNT EVENT AGE`, each a second older than the one before, with a sender and a
// recipient of its own unless it says one-sender, one-recipient, no-recipient or no-addresses; `by ADDRESS of DOMAIN` for
// another client. Outcome: score, class (`=DELAY` where options set it), whom it counts for unless that is example.com
// (`itself`: the address), how long it is kept unless that is 7 days, and the reasons, in our words and in order.

/** Every recorded case that we have. */
export const IDS = `
s001 s003 s005 s007 s009 s011 s013 s015 s017 s019 s021 s023 s025 s027 s029 s031 s033 s035 s037 s039 s041 s043
s045 s047 s049 s051 s053 s055 s057 s059 s061 s063 s065 s067 s069 s071 s073 s075 s077 s079 s081 s083 s085 s087
s089 s091 s093 s095 s097 s099 s101 s103 s105 s107 s109 s111 s113 s115 s117 s119 s121 s123 s125 s127 s129 s131
s133 s135 s137 s139 s141 s143 s145 s147 s149 s151 s153 s155 s157 s159 s161 s163 s165 s167 s169 s171 s173 s175
s177 s179 s181 s183 s185 s187 s189 s191 s193 s195 s197 s199 s201 s203 s205 s207 s209 s211 s213 s215 s217 s219
s221 s223 s225 s227 s229 s231 s233 s235 s237 s239 s241 s243 s245 s247 s249 s251 s253 s255 d01 d03 d05 d07
d09 d11 d13 d20 d22 d24 d26 d28 d30 d33 d35 d37 d40 d42 d44 d46
`;

/** Where we agree. */
export const SAME = `
s001 | mx | | 0 grey_default
s003 | mx=none | | -10 grey_long itself: no reverse name
s005 | mx=203.0.113.99,203.0.113.10 | | 0 grey_default
s007 | com | | -10 grey_long itself: no reverse name
s009 | mx.example.co.uk | | 0 grey_default example.co.uk
s015 | mail.example.info | | -5 grey_default example.info: novelty TLD
s017 | mail.example.name | | -5 grey_default example.name: novelty TLD
s019 | mail.example.arpa | | -5 grey_default example.arpa: novelty TLD
s021 | mail.example.top | | -5 grey_default example.top: novelty TLD
s023 | mail.example.net | | 0 grey_default example.net
s025 | mail.example.edu | | 0 grey_default example.edu
s027 | mail.example.int | | 0 grey_default example.int
s029 | mail.example.eu | | 0 grey_default example.eu
s031 | MAIL.EXAMPLE.COM | | 0 grey_default
s059 | dsl10.example.com | | 0 grey_default
s061 | dsl-10x.example.com | | 0 grey_default
s063 | smtp.10-20.dsl.example.com | | 0 grey_default
s069 | dynamic-10.example2.com | | 0 grey_default example2.com
s073 | sorbs-dul=127.0.0.10 | | -10 grey_long itself: dynamic address
s075 | mx spamcop | | -80 grey_max: Spamcop
s077 | mx sorbs=127.0.0.10 | | 0 grey_default
s079 | mx uce-2 | | -50 grey_max: Uceprotect level 2
s081 | mx spamcop uce-2 | | -130 black: Spamcop, Uceprotect level 2
s085 | mx uce-3 | | -50 grey_max: Uceprotect level 3 | rbls uce-3
s087 | mx barracuda | | -80 grey_max: Barracuda | rbls barracuda
s091 | mx spamcop spamhaus | | -180 black: Spamcop, Spamhaus ZEN | rbls spamhaus spamcop
s093 | mx spamcop | | -80 grey_max: Spamcop
s099 | mx spamcop | | -80 grey_max: Spamcop | rbls spamcop spamcop
s101 | mx dnswl=127.0.5.1 | | 10 grey_min: DNSWL low
s103 | mx dnswl=127.0.5.3 | | 50 white: DNSWL medium or high
s107 | mx dnswl=10.127.0.2 | | 0 grey_default 1h
s109 | dnswl=127.0.5.1 | | 0 grey_default itself: DNSWL low, dynamic address
s113 | mx | 1 ok 2d | 5 grey_short: mail accepted
s115 | mx | 5 ok 8d | 20 white: 5 mails accepted
s117 | mx | 4 ok 8d, 1 ok 7d | 20 white: 5 mails accepted
s119 | mx | 14 ok 8d | 20 white: 5 mails accepted
s121 | mx | 5 ok 8d one-sender one-recipient | 20 white: 5 mails accepted
s123 | mx | 1 ok 5184001s | 0 grey_default
s125 | mx | 5 ok 8d by 203.0.113.11 of example.net | 0 grey_default
s127 | | 15 ok 8d | 20 white itself: 15 mails accepted, dynamic address
s135 | mx uce-2 | 5 ok 8d | -30 grey_max: 5 mails accepted, Uceprotect level 2
s143 | mx spamhaus | 1 ok 2d | -95 grey_max: Spamhaus ZEN, mail accepted | rbls spamhaus
s145 | mx spamhaus dnswl=127.0.5.2 | | -50 grey_max: DNSWL medium or high, Spamhaus ZEN | rbls spamhaus
s147 | mx uce-3 | 5 ok 8d | -30 grey_max: 5 mails accepted, Uceprotect level 3 | rbls uce-3
s149 | mx spamcop dnswl=127.0.5.1 | | -70 grey_max: DNSWL low, Spamcop
s153 | mx | 2 manual 1h | -200 black: manual report
s155 | mx | 1 manual 1h, 15 ok 8d | -120 black: 15 mails accepted, manual report
s157 | mx dnswl=127.0.5.2 | 1 manual 1h, 15 ok 8d | -70 grey_max: 15 mails accepted, DNSWL medium or high, manual report
s159 | mx | 1 manual 1h by 203.0.113.11 of example.com | 0 grey_default
s161 | mx | 2 hard_trap 1h | -500 black: hard trap
s163 | mx | 1 hard_trap 1h by 203.0.113.11 of example.com | 0 grey_default
s165 | mx | 2 soft_trap 1h | -100 grey_max: soft traps
s167 | mx | 3 soft_trap 1h | -150 black: soft traps
s169 | | 2 soft_trap 1h | -110 black itself: dynamic address, soft traps
s171 | mx | 1 soft_trap 1h, 15 ok 8d | -20 grey_long: 15 mails accepted, soft trap
s173 | mx | 2 unknown 1h | -60 grey_max: unknown recipients
s175 | mx | 4 unknown 1h | -120 black: unknown recipients
s177 | mx | 2 unknown 1h one-recipient | -60 grey_max: unknown recipients
s181 | mx dnswl=127.0.5.1 | 1 unknown 1h | -20 grey_long: DNSWL low, unknown recipients
s183 | mx | 1 spam 1h no-recipient | -20 grey_long: spam
s185 | mx | 3 spam 1h no-recipient | -150 black: much spam
s187 | mx | 3 spam 1h one-sender no-recipient | -20 grey_long: spam
s189 | mx | 2 relay 1h | -120 black: relay attempt
s191 | mx | 1 disconnect 1h no-addresses | -10 grey_long: disconnects
s193 | mx | 3 disconnect 1h no-addresses | -10 grey_long: disconnects
s199 | mx | 2 smtp_no_mail 1h no-addresses | -20 grey_long: connections without mail
s205 | mx | 3 smtp_connection_lost 1h no-addresses | -5 grey_default: lost connections
s211 | mx | 3 check 1h | 0 grey_default
s213 | mx | 1 soft_trap 0s | -50 grey_max: soft trap
s215 | mail.example.xyz | 1 smtp_connection_lost 1h | -10 grey_long example.xyz: lost connections, novelty TLD
s217 | mail.example.xyz | 1 spam 1h no-recipient | -25 grey_max example.xyz: novelty TLD, spam
s219 | mx spamhaus | 1 smtp_connection_lost 1h | -105 black: Spamhaus ZEN, lost connections | rbls spamhaus
s221 | mx dnswl=127.0.5.1 | 1 smtp_connection_lost 1h | 5 grey_short: DNSWL low, lost connections
s223 | mx dnswl=127.0.5.1 | 1 ok 2d | 15 grey_min: DNSWL low, mail accepted
s225 | mx dnswl=127.0.5.1 | 5 ok 8d, 1 smtp_connection_lost 1h | 25 white: 5 mails accepted, DNSWL low, lost connections
s229 | mx dnswl=127.0.5.3 | 15 ok 8d | 80 white: 15 mails accepted, DNSWL medium or high
s231 | mx | 1 unknown 1h, 1 relay 1h, 1 disconnect 1h | -100 grey_max: disconnects, relay attempt, unknown recipients
s233 | mx | 5 ok 8d | 20 white: 5 mails accepted | client 10.0.0.5
s235 | mx | | 0 grey_default=100 | grey_default 100
s237 | mx dnswl=127.0.5.1 | | 10 grey_min=7: DNSWL low | grey_min 7
s243 | mx | 1 ok 1d | 5 grey_short: mail accepted | search_duration 86400
s251 | mx | 1 soft_trap 5184001s | 0 grey_default
s253 | mx | 2 unknown 1h one-sender | -60 grey_max: unknown recipients
d01 | ptr=failed | | 0 grey_default itself 1h
d03 | mx dnswl=failed | | 0 grey_default 1h
d05 | mx=failed | | 0 grey_default itself 1h
d09 | ptr=failed dnswl=failed | | 0 grey_default itself 1h
d13 | mx dnswl=failed | | 0 grey_default 1h
d30 | ptr=failed | | 0 grey_default itself 1h
d40 | 1.2.3.4=none | | -10 grey_long itself: no reverse name
d42 | *.example.com=none | | -10 grey_long itself: no reverse name
d44 | -x-.example.com=none | | -10 grey_long itself: no reverse name
d46 | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.example.com=none | | -10 grey_long itself: no reverse name
`;

/** Where we do not, and why (defects: of the original, as numbered in its observed behaviour); its outcome comes after ours. */
export const DIFFERENCES: { readonly [why: string]: string } = {
  'A standing ends when accepted mail begins to count (nobody waits longer than the score says)': `
s111 | mx | 1 ok 86399s | 0 grey_default 1s | 0 grey_default
`,
  'A verified name counts whatever its top-level domain; a PTR record of the root is a name that does not verify': `
s011 | mail.example.lan | | -5 grey_default example.lan: novelty TLD | -10 grey_long itself: no reverse name
s013 | . | | -10 grey_long itself: no reverse name | -10 grey_long itself: dynamic address
`,
  'Aliases, further names and failures count as "no" (defect 30)': `
s033 | bad.example.net=none mx | | 0 grey_default | -10 grey_long itself: no reverse name
s035 | mx | | 0 grey_default | -10 grey_long itself: no reverse name
s037 | ptr=failed | | 0 grey_default itself 1h | -10 grey_long itself: dynamic address
s039 | mx=failed | | 0 grey_default itself 1h | -10 grey_long itself: no reverse name
s095 | mx spamcop | | -80 grey_max: Spamcop | 0 grey_default
s097 | mx spamcop=failed uce-2=failed dnswl=failed sorbs=failed sorbs-dul=failed | | 0 grey_default 1h | 0 grey_default
d35 | ptr=failed | | 0 grey_default itself 1h | -10 grey_long itself: dynamic address
`,
  'The dynamic-name test never fires (defect 23); the words vdsl and ip are ours': `
s041 | host10-20.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
s043 | a10-20.cust.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
s045 | 10-20.customers.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
s047 | 10-20.private.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
s049 | dynamic-10-20.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
s051 | 10-20.bredband.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
s053 | dhcp-10-20.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
s055 | 10-20.adsl.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
s057 | 10-20.vdsl.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
s065 | 10-20.DSL.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
s067 | ip-10-20-30-40.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
s071 | cust10.20.example.com | | -10 grey_long itself: dynamic address | 0 grey_default
`,
  'SORBS closed in 2024 and is not asked; the dynamic test on the name does fire (defect 23)': `
s083 | mx spamcop uce-2 sorbs | | -130 black: Spamcop, Uceprotect level 2 | -140 black: SORBS, Spamcop, Uceprotect level 2
s129 | mx sorbs | 5 ok 8d | 20 white: 5 mails accepted | 20 white: 5 mails accepted, SORBS false
s151 | mx spamcop sorbs | 1 ok 2d | -75 grey_max: Spamcop, mail accepted | 5 grey_short: SORBS false, SORBS false, mail accepted
s227 | dyn-10-20.example.com sorbs | 1 disconnect 1h, 1 smtp_no_mail 1h, 1 smtp_connection_lost 1h | -45 grey_max itself: connections without mail, disconnects, dynamic address, lost connections | -45 grey_max: SORBS, connections without mail, disconnects, lost connections
`,
  'Answers that their list does not define count as listings (defect 28)': `
s089 | mx spamhaus=127.255.255.254 | | 0 grey_default 1h | -100 grey_max: Spamhaus ZEN | rbls spamhaus
s105 | mx dnswl=127.0.5.10 | | 0 grey_default 1h | 50 white: DNSWL medium or high
`,
  'Any accepted mail makes a listing false, and it is always called SORBS (defect 25)': `
s131 | mx spamcop | 1 ok 2d | -75 grey_max: Spamcop, mail accepted | 5 grey_short: SORBS false, mail accepted
s133 | mx spamcop dnswl=127.0.5.2 | | 50 white: DNSWL medium or high, Spamcop, taken for a false listing | 50 white: DNSWL medium or high, SORBS false
s137 | mx backscatter | 1 ok 2d | -45 grey_max: Backscatter, mail accepted | 5 grey_short: SORBS false, mail accepted | rbls backscatter
s139 | mx backscatter dnswl=127.0.5.2 | | 50 white: Backscatter, taken for a false listing, DNSWL medium or high | 50 white: DNSWL medium or high, SORBS false | rbls backscatter
s141 | mx barracuda | 5 ok 8d | 20 white: 5 mails accepted, Barracuda, taken for a false listing | 20 white: 5 mails accepted, SORBS false | rbls barracuda
`,
  'Nobody is reputable (defect 26)': `
s179 | mx | 3 unknown 1h, 20 ok 8d | -10 grey_long: 15 mails accepted, many unknown recipients from a reputable client | -60 grey_max: 15 mails accepted, unknown recipients
`,
  'Connection events without addresses never add up, or add up by made-up ones (defect 27); smtp_no_wait is not scored': `
s195 | mx | 2 disconnect 1h | -10 grey_long: disconnects | -20 grey_long: disconnects
s197 | mx | 6 disconnect 1h | -10 grey_long: disconnects | -50 grey_max: disconnects
s201 | mx | 2 smtp_no_mail 1h | -20 grey_long: connections without mail | -40 grey_max: connections without mail
s203 | mx | 4 smtp_no_mail 1h | -20 grey_long: connections without mail | -60 grey_max: connections without mail
s207 | mx | 3 smtp_connection_lost 1h | -5 grey_default: lost connections | -10 grey_long: lost connections
s209 | mx | 3 smtp_no_wait 1h no-addresses | -20 grey_long: early talker | 0 grey_default
s255 | mx | 3 disconnect 1h no-addresses, 3 smtp_no_wait 1h no-addresses, 3 smtp_no_mail 1h no-addresses | -50 grey_max: connections without mail, disconnects, early talker | -30 grey_max: connections without mail, disconnects
`,
  '`blacklist` has no effect (README against code): here the blacklisting is over, and the points still delay': `
s241 | mx | 1 hard_trap 1h | -500 grey_max: hard trap | -500 black: hard trap | blacklist 1000
`,
  'The original dies (defects 2 to 4)': `
d07 | mx uce-2=failed | | 0 grey_default 1h | died
d11 | mx spamcop=failed | | 0 grey_default 1h | died
d33 | mx | | 0 grey_default | died
d37 | mx | | 0 grey_default | died
`,
  'Options of the README that the original refuses': `
s239 | mx | 1 spam 1h | -20 grey_long=5: spam | does not start | grey_long 5
s245 | mx spamcop | | -10 grey_long: Spamcop | does not start | rbl_score spamcop -10
`,
};

/** Not about scoring, and where they are tested instead. */
export const ELSEWHERE: { readonly [id: string]: string } = {
  s247: '`peer = HOST` starts now, as the README has it: src/config/read-config.test.ts',
  s249: 'an unknown option is an error: src/config/read-config.test.ts',
  d20: 'what is asked: src/engine/recorded-dns.test.ts',
  d22: 'what is asked: src/engine/recorded-dns.test.ts',
  d24: 'what is asked: src/engine/recorded-dns.test.ts',
  d26: 'what is stored: src/engine/recorded-dns.test.ts',
  d28: 'when a standing ends: src/engine/recorded-dns.test.ts',
};
