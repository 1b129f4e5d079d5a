import Model
import Support
import Testing

@testable import Reporting

@Suite struct DoctorRenderingTests {
    @Test func print() {
        Swift.print(renderDoctor(DoctorSamples.healthy, style: TableStyle(width: 80)))
        Swift.print(renderDoctor(DoctorSamples.troubled, style: TableStyle(width: 80)))
        Swift.print(renderDoctor(DoctorSamples.offline, style: TableStyle(width: 80)))
    }
}
