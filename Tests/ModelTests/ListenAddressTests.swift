import Testing

@testable import Model

@Suite struct ListenAddressTests {
    private func six(_ words: [UInt16]) -> ListenAddress {
        ListenAddress(
            bytes: words.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }, port: 9_812)
    }

    @Test func `an address has the form that configs have`() {
        #expect(ListenAddress.loopback(port: 9_812).description == "127.0.0.1:9812")
        #expect(six([0, 0, 0, 0, 0, 0, 0, 1]).description == "[::1]:9812")
        #expect(six([0, 0, 0, 0, 0, 0, 0, 0]).description == "[::]:9812")
        #expect(six([0x2001, 0xDB8, 0, 0, 1, 0, 0, 1]).description == "[2001:db8::1:0:0:1]:9812")
        #expect(
            six([0x2001, 0xDB8, 0, 1, 1, 1, 1, 1]).description == "[2001:db8:0:1:1:1:1:1]:9812")
        #expect(six([1, 0, 0, 0, 0, 0, 0, 0]).description == "[1::]:9812")
    }

    @Test func `loopback is what no other machine reaches`() {
        #expect(ListenAddress.loopback(port: 1).isLoopback)
        #expect(ListenAddress(bytes: [127, 9, 9, 9], port: 1).isLoopback)
        #expect(six([0, 0, 0, 0, 0, 0, 0, 1]).isLoopback)
        #expect(!ListenAddress(bytes: [0, 0, 0, 0], port: 1).isLoopback)
        #expect(!ListenAddress(bytes: [192, 0, 2, 1], port: 1).isLoopback)
        #expect(!six([0, 0, 0, 0, 0, 0, 0, 0]).isLoopback)
        #expect(!six([0x7F00, 0, 0, 0, 0, 0, 0, 1]).isLoopback)
    }
}
