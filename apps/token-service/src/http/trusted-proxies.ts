import { BlockList, isIP, type IPVersion } from 'node:net';

/** The proxies whose `X-Forwarded-For` is believed; from anybody else it is only text. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /**
   * Reads addresses and networks, comma-separated: `10.0.0.0/8, 192.0.2.7, 2001:db8::/32`.
   * @throws TypeError that quotes the part at fault
   */
  static parse(text: string): TrustedProxies {
    const proxies = new TrustedProxies();
    for (const part of text.split(',').map((each) => each.trim())) {
      if (!proxies.#add(part)) {
        throw new TypeError(
          `must be addresses or networks such as 10.0.0.0/8, comma-separated, which ${JSON.stringify(part)} is not`,
        );
      }
    }
    return proxies;
  }

  includes(address: string): boolean {
    const family = familyOf(address);
    return family !== null && this.#list.check(address, family);
  }

  #add(part: string): boolean {
    const [address = '', length, ...rest] = part.split('/');
    const family = familyOf(address);
    if (family === null || rest.length > 0) return false;
    const longest = family === 'ipv4' ? 32 : 128;
    const bits = length === undefined ? longest : /^\d{1,3}$/.test(length) ? Number(length) : Infinity;
    if (bits > longest) return false;
    this.#list.addSubnet(address, bits, family);
    return true;
  }
}

function familyOf(address: string): IPVersion | null {
  const version = isIP(address);
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6';
}
