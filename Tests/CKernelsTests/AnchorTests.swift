import CKernels
import Testing

extension KernelTests {
  /// Bits that the definition of the arithmetic states in so many words.
  @Suite struct AnchorTests {
    private func values(_ operation: Int, _ inputs: [Float]) -> [Float] {
      var outputs = [Float](repeating: 1, count: inputs.count)
      ck_unary(Int32(operation), &outputs, inputs, inputs.count)
      return outputs
    }

    private func bits(_ operation: Int, _ inputs: [Float]) -> [UInt32] {
      values(operation, inputs).map(\.bitPattern)
    }

    @Test(arguments: Implementation.available)
    func `exp, log, tanh and sigmoid have the stated bits`(implementation: Implementation) {
      with(implementation) {
        let exp = bits(CK_EXP, [1, -10, 88.5, -100])
        #expect(exp == [0x402d_f854, 0x383e_6bce, 0x7f4c_dcc4, 0x0000_001b])
        let subnormal = Float(bitPattern: 0x0001_16c2)  // 1e-40
        #expect(bits(CK_LOG, [2, 10, subnormal]) == [0x3f31_7218, 0x4013_5d8e, 0xc2b8_34f2])
        #expect(bits(CK_TANH, [0.5, 1, -3]) == [0x3eec_9a9f, 0x3f42_f7d6, 0xbf7e_bbe9])
        #expect(bits(CK_SIGMOID, [-4, 2, -90]) == [0x3c93_57d1, 0x3f61_7bea, 0x0008_ec28])
      }
    }

    @Test(arguments: Implementation.available)
    func `exp and log go to their limits`(implementation: Implementation) {
      with(implementation) {
        var y = values(CK_EXP, [1000, -1000, .infinity, -.infinity, .nan])
        #expect(y[0] == .infinity && y[1] == 0 && y[2] == .infinity && y[3] == 0 && y[4].isNaN)
        y = values(CK_LOG, [0, -0.0, -1, .infinity, .nan])
        #expect(y[0] == -.infinity && y[1] == -.infinity && y[2].isNaN && y[3] == .infinity)
        #expect(y[4].isNaN)
      }
    }

    @Test(arguments: Implementation.available)
    func `relu makes every zero positive and lets NaN pass`(implementation: Implementation) {
      with(implementation) {
        let y = values(CK_RELU, [-0.0, -1, .nan, 2])
        #expect(y[0].bitPattern == 0 && y[1].bitPattern == 0 && y[2].isNaN && y[3] == 2)
      }
    }

    @Test(arguments: Implementation.available)
    func `random numbers have the stated bits`(implementation: Implementation) {
      with(implementation) {
        var words = [UInt32](repeating: 0, count: 4)
        ck_philox_words(&words, 0, 0, 0, 4)
        #expect(words == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        var normal = [Float](repeating: 0, count: 4)
        ck_normal(&normal, 0, 0, 0, 4)
        #expect(
          normal.map(\.bitPattern) == [0x3f7d_bb30, 0xbf6c_b6b3, 0xbf1e_1ba1, 0xbef6_d1ab])
      }
    }
  }
}
