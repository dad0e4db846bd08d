/** Certificates of servers in tests, for the name localhost; made for them, used nowhere else. */
export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJmNJIaWDxbJifOSz
tkTgzJS3s0EuR3/5UaAVPJeTT6qhRANCAAQO8revMUlRN63gORXFhn+qEgqTBGvD
BNTqWXEISH+AAvzUnC69abLqX52Y85Le4rpaetGW5hBmwQ0vzDPRJDnv
-----END PRIVATE KEY-----
`;
/** Valid until November 4, 2126, signed by itself. */
export const TEST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUb5Yxo0OjN5P1/D9rueBidZun8swwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODIxMzA1MFoYDzIxMjYxMTA0
MjEzMDUwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQO8revMUlRN63gORXFhn+qEgqTBGvDBNTqWXEISH+AAvzUnC69abLq
X52Y85Le4rpaetGW5hBmwQ0vzDPRJDnvo2kwZzAdBgNVHQ4EFgQUdZThssb6fb3c
66CeWoWBj9Sw8zMwHwYDVR0jBBgwFoAUdZThssb6fb3c66CeWoWBj9Sw8zMwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SAAwRQIgWNCly3gsHEPj17a0z+KRiqmlihDBbVTCSI4wfoVbAkkCIQDAM9tkIqTU
kuum/t/acSF2Yh40UGFbsXYoGNmSbLq3jg==
-----END CERTIFICATE-----
`;
/** Ended in 2021. */
export const ENDED_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBXTCCAQKgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwHhcNMjAwMTAxMDAwMDAwWhcNMjEwMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAls
b2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQO8revMUlRN63gORXF
hn+qEgqTBGvDBNTqWXEISH+AAvzUnC69abLqX52Y85Le4rpaetGW5hBmwQ0vzDPR
JDnvo0UwQzAUBgNVHREEDTALgglsb2NhbGhvc3QwDAYDVR0TBAUwAwEB/zAdBgNV
HQ4EFgQUdZThssb6fb3c66CeWoWBj9Sw8zMwCgYIKoZIzj0EAwIDSQAwRgIhANgw
uxNQdRwk5W4NIEdZT8ixmFl3u7BJE8P+zkFnoOnHAiEAz0yM21IdkrcEZQNCRqJX
ZnDmmRReti+aGo+1OgpEXKY=
-----END CERTIFICATE-----
`;
/** Who may come in by the secured listener of the broker of a test run; what each may do there, ACLs of the test say. */
export const SECURED_USERS = { pult: 'test1234', stranger: 'test5678' } as const;
