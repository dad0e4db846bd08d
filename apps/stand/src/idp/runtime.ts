/**
 * oidc-provider takes a Node.js without the name of an LTS line for one too old and warns at import. The pinned 26 is newer
 * than what it asks for (22) but was released before its line got a name; the name below says what the check wants to know.
 * Only this process sees it. Must be imported before the provider.
 */
process.release.lts ??= 'Node 26';
