/// The version of credwatch, as every output names it.
package let credwatchVersion = "0.1.0"
