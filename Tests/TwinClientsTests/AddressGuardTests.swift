import Testing

@testable import TwinClients

@Suite struct AddressGuardTests {
  @Test(arguments: [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.168.1.1", "198.19.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
    "fec0::1",
    "fd00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::",
    "::127.0.0.1", "2001:db8::1",
  ]) func inside(_ text: String) throws {
    let address = try #require(IPAddress.bytes(text))
    #expect(try !AddressGuard.outside().allows(address))
    #expect(AddressGuard.anywhere.allows(address))
  }

  @Test(arguments: [
    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.0",
    "8.8.8.8",
    "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::", "2a00::1",
  ]) func outside(_ text: String) throws {
    let address = try #require(IPAddress.bytes(text))
    #expect(try AddressGuard.outside().allows(address))
  }

  @Test func rangesLetIn() throws {
    let guarding = try AddressGuard.outside(allowing: ["10.1.0.0/16", "192.168.1.7", "fd00::/9"])
    for (text, isAllowed) in [
      ("10.1.255.1", true), ("10.2.0.0", false), ("192.168.1.7", true), ("192.168.1.8", false),
      ("fd00::5", true),
      ("fd80::5", false), ("::ffff:10.1.0.1", true),
    ] {
      #expect(guarding.allows(try #require(IPAddress.bytes(text))) == isAllowed, "\(text)")
    }
  }

  @Test(arguments: [
    "", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/", "1.2.3.4.5", "::1::",
    "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "::1.2.3", "::/129", "1.2.3.4:5::",
  ]) func rangesThatAreNone(_ text: String) {
    #expect(AddressRange(text) == nil)
  }
}
