/// Semantic types, unit families and units, as facts in text (DTDL v2 reference, "Semantic Type"; the
/// quantitativeTypes extensions; metamodel digest of the Digital Twin Consortium).
///
/// Each line starts with a generation: `a` came with DTDL v2, `b` with quantitativeTypes 1 (2 is the same), `c`
/// with quantitativeTypes 3. Each generation contains the earlier ones.
enum QuantityFacts {
  /// Generation, unit family, units.
  static let units = """
    a AccelerationUnit centimetrePerSecondSquared gForce metrePerSecondSquared
    c AccelerationUnit kilometrePerSecondSquared millimetrePerSecondSquared
    a AngleUnit degreeOfArc minuteOfArc radian secondOfArc turn
    a AngularAccelerationUnit radianPerSecondSquared
    a AngularVelocityUnit degreePerSecond radianPerSecond revolutionPerMinute revolutionPerSecond
    b ApparentEnergyUnit gigavoltAmpereHour kilovoltAmpereHour megavoltAmpereHour voltAmpereHour
    c ApparentEnergyUnit millivoltAmpereHour
    b ApparentPowerUnit gigavoltAmpere kilovoltAmpere megavoltAmpere millivoltAmpere voltAmpere
    a AreaUnit acre hectare squareCentimetre squareFoot squareInch squareKilometre squareMetre
    a AreaUnit squareMillimetre
    a CapacitanceUnit farad microfarad millifarad nanofarad picofarad
    a ChargeUnit coulomb
    b ChargeUnit ampereHour milliampereHour
    a CurrentUnit ampere microampere milliampere
    b CurrentUnit kiloampere
    c CurrentUnit nanoampere picoampere
    a DataRateUnit bitPerSecond bytePerSecond exbibitPerSecond exbibytePerSecond gibibitPerSecond
    a DataRateUnit gibibytePerSecond kibibitPerSecond kibibytePerSecond mebibitPerSecond mebibytePerSecond
    a DataRateUnit tebibitPerSecond tebibytePerSecond yobibitPerSecond yobibytePerSecond zebibitPerSecond
    a DataRateUnit zebibytePerSecond
    a DataSizeUnit bit byte exbibit exbibyte gibibit gibibyte kibibit kibibyte mebibit mebibyte tebibit
    a DataSizeUnit tebibyte yobibit yobibyte zebibit zebibyte
    a DensityUnit gramPerCubicMetre kilogramPerCubicMetre
    b DensityUnit microgramPerCubicMetre milligramPerCubicMetre
    c DynamicViscosityUnit centipoise millipascalSecond millipoise pascalSecond poise
    a EnergyUnit electronvolt gigajoule joule kilojoule kilowattHour megaelectronvolt megajoule
    b EnergyUnit britishThermalUnit gigawattHour kiloBritishThermalUnit megawattHour milliwattHour
    b EnergyUnit terawattHour wattHour
    a ForceUnit newton ounce pound ton
    a FrequencyUnit gigahertz hertz kilohertz megahertz
    b FrequencyUnit millihertz
    c GasLeakageRateUnit decapascalCubicMetrePerSecond hectopascalCubicMetrePerSecond
    c GasLeakageRateUnit kilopascalCubicMetrePerSecond pascalCubicMetrePerSecond
    a IlluminanceUnit footcandle lux
    a InductanceUnit henry microhenry millihenry
    b IonizingRadiationDoseUnit gray microgray microsievert milligray millisievert sievert
    b IrradianceUnit wattPerSquareMetre
    c KinematicViscosityUnit centistokes squareMetrePerSecond stokes
    a LengthUnit astronomicalUnit centimetre foot inch kilometre metre micrometre mile millimetre nanometre
    a LengthUnit nauticalMile
    a LuminanceUnit candelaPerSquareMetre
    a LuminousFluxUnit lumen
    a LuminousIntensityUnit candela
    a MagneticFluxUnit maxwell weber
    a MagneticInductionUnit tesla
    b MagneticInductionUnit gauss
    a MassFlowRateUnit gramPerHour gramPerSecond kilogramPerHour kilogramPerSecond
    b MassFlowRateUnit massPoundPerHour
    a MassUnit gram kilogram microgram milligram slug tonne
    b MassUnit massPound
    a PowerUnit gigawatt horsepower kilowatt kilowattHourPerYear megawatt microwatt milliwatt watt
    b PowerUnit britishThermalUnitPerHour gigajoulePerHour joulePerHour joulePerSecond
    b PowerUnit kiloBritishThermalUnitPerHour kilojoulePerHour kilojoulePerSecond megajoulePerHour
    b PowerUnit tonOfRefrigeration
    a PressureUnit bar inchesOfMercury inchesOfWater kilopascal millibar millimetresOfMercury pascal
    a PressureUnit poundPerSquareInch
    b PressureUnit decapascal hectopascal
    b RadioactivityUnit becquerel gigabecquerel kilobecquerel megabecquerel
    b ReactiveEnergyUnit gigavoltAmpereReactiveHour kilovoltAmpereReactiveHour megavoltAmpereReactiveHour
    b ReactiveEnergyUnit voltAmpereReactiveHour
    b ReactivePowerUnit gigavoltAmpereReactive kilovoltAmpereReactive megavoltAmpereReactive
    b ReactivePowerUnit millivoltAmpereReactive voltAmpereReactive
    c ReciprocalLengthUnit reciprocalCentimetre reciprocalKilometre reciprocalMetre reciprocalMicrometre
    c ReciprocalLengthUnit reciprocalMillimetre reciprocalNanometre
    c ReciprocalTimeUnit reciprocalMinute reciprocalSecond
    a ResistanceUnit kiloohm megaohm milliohm ohm
    a SoundPressureUnit bel decibel
    a TemperatureUnit degreeCelsius degreeFahrenheit kelvin
    a TimeUnit day hour microsecond millisecond minute nanosecond second year
    a TorqueUnit newtonMetre
    a Unitless percent unity
    b Unitless partsPerBillion partsPerMillion partsPerQuadrillion partsPerTrillion
    a VelocityUnit centimetrePerSecond kilometrePerHour kilometrePerSecond knot metrePerHour metrePerSecond
    a VelocityUnit milePerHour milePerSecond
    c VelocityUnit millimetrePerSecond
    a VoltageUnit kilovolt megavolt microvolt millivolt volt
    a VolumeFlowRateUnit litrePerHour litrePerSecond millilitrePerHour millilitrePerSecond
    b VolumeFlowRateUnit cubicFootPerMinute cubicMetrePerHour cubicMetrePerMinute cubicMetrePerSecond
    b VolumeFlowRateUnit gallonPerHour gallonPerMinute litrePerMinute millilitrePerMinute
    c VolumeFlowRateUnit cubicCentimetrePerMinute cubicCentimetrePerSecond
    a VolumeUnit cubicCentimetre cubicFoot cubicInch cubicMetre fluidOunce gallon litre millilitre
    """

  /// Generation, unit family, the semantic types measured in it.
  static let types = """
    a AccelerationUnit Acceleration
    a AngleUnit Angle Latitude Longitude
    a AngularAccelerationUnit AngularAcceleration
    a AngularVelocityUnit AngularVelocity
    a AreaUnit Area
    a CapacitanceUnit Capacitance
    a ChargeUnit ElectricCharge
    a CurrentUnit Current
    a DataRateUnit DataRate
    a DataSizeUnit DataSize
    a DensityUnit Density Humidity
    a EnergyUnit Energy
    a ForceUnit Force Thrust
    a FrequencyUnit Frequency
    a IlluminanceUnit Illuminance
    a InductanceUnit Inductance
    a LengthUnit Distance Length
    a LuminanceUnit Luminance
    a LuminousFluxUnit LuminousFlux
    a LuminousIntensityUnit LuminousIntensity
    a MagneticFluxUnit MagneticFlux
    a MagneticInductionUnit MagneticInduction
    a MassFlowRateUnit MassFlowRate
    a MassUnit Mass
    a PowerUnit Luminosity Power
    a PressureUnit Pressure
    a ResistanceUnit Resistance
    a SoundPressureUnit SoundPressure
    a TemperatureUnit Temperature
    a TimeUnit TimeSpan
    a TorqueUnit Torque
    a Unitless RelativeHumidity
    a VelocityUnit Velocity
    a VoltageUnit Voltage
    a VolumeFlowRateUnit VolumeFlowRate
    a VolumeUnit Volume
    b ApparentEnergyUnit ApparentEnergy
    b ApparentPowerUnit ApparentPower
    b IonizingRadiationDoseUnit IonizingRadiationDose
    b IrradianceUnit Irradiance
    b PowerUnit EnergyRate
    b RadioactivityUnit Radioactivity
    b ReactiveEnergyUnit ReactiveEnergy
    b ReactivePowerUnit ReactivePower
    b Unitless Concentration RelativeDensity
    c DynamicViscosityUnit DynamicViscosity
    c GasLeakageRateUnit GasLeakageRate
    c KinematicViscosityUnit KinematicViscosity
    c ReciprocalLengthUnit ReciprocalLength
    c ReciprocalTimeUnit ReciprocalTime
    c Unitless Efficiency RelativeMeasure Scale Throttle
    """

  /// Family of prefixes, prefixes; `s` those of DTDL v2 alone, `e` those of the extension alone.
  static let prefixes = """
    * BinaryPrefix kibi mebi gibi tebi pebi exbi zebi yobi
    * DecimalPrefix deci centi milli micro nano pico femto atto zepto yocto
    * DecimalPrefix hecto kilo mega giga tera peta exa zetta yotta
    s DecimalPrefix deka
    e DecimalPrefix deca
    """

  /// Second names of families in the extension.
  static let familyAliases = ["EnergyRateUnit": "PowerUnit"]
}
