//! Places and equipment of incidents as ITIS phrases (SAE J2540).

use rasn::prelude::*;

/// ASN.1 `GenericLocations`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum GenericLocations {
    /// `on-bridges`.
    #[rasn(identifier = "on-bridges")]
    OnBridges = 7937,
    /// `in-tunnels`.
    #[rasn(identifier = "in-tunnels")]
    InTunnels = 7938,
    /// `entering-or-leaving-tunnels`.
    #[rasn(identifier = "entering-or-leaving-tunnels")]
    EnteringOrLeavingTunnels = 7939,
    /// `on-ramps`.
    #[rasn(identifier = "on-ramps")]
    OnRamps = 7940,
    /// `in-road-construction-area`.
    #[rasn(identifier = "in-road-construction-area")]
    InRoadConstructionArea = 7941,
    /// `around-a-curve`.
    #[rasn(identifier = "around-a-curve")]
    AroundACurve = 7942,
    /// `on-minor-roads`.
    #[rasn(identifier = "on-minor-roads")]
    OnMinorRoads = 7943,
    /// `in-the-opposing-lanes`.
    #[rasn(identifier = "in-the-opposing-lanes")]
    InTheOpposingLanes = 7944,
    /// `adjacent-to-roadway`.
    #[rasn(identifier = "adjacent-to-roadway")]
    AdjacentToRoadway = 7945,
    /// `on-bend`.
    #[rasn(identifier = "on-bend")]
    OnBend = 7946,
    /// `entire-intersection`.
    #[rasn(identifier = "entire-intersection")]
    EntireIntersection = 7947,
    /// `in-the-median`.
    #[rasn(identifier = "in-the-median")]
    InTheMedian = 7948,
    /// `moved-to-side-of-road`.
    #[rasn(identifier = "moved-to-side-of-road")]
    MovedToSideOfRoad = 7949,
    /// `moved-to-shoulder`.
    #[rasn(identifier = "moved-to-shoulder")]
    MovedToShoulder = 7950,
    /// `on-the-roadway`.
    #[rasn(identifier = "on-the-roadway")]
    OnTheRoadway = 7951,
    /// `in-shaded-areas`.
    #[rasn(identifier = "in-shaded-areas")]
    InShadedAreas = 7952,
    /// `in-low-lying-areas`.
    #[rasn(identifier = "in-low-lying-areas")]
    InLowLyingAreas = 7953,
    /// `in-the-downtown-area`.
    #[rasn(identifier = "in-the-downtown-area")]
    InTheDowntownArea = 7954,
    /// `in-the-inner-city-area`.
    #[rasn(identifier = "in-the-inner-city-area")]
    InTheInnerCityArea = 7955,
    /// `in-parts`.
    #[rasn(identifier = "in-parts")]
    InParts = 7956,
    /// `in-some-places`.
    #[rasn(identifier = "in-some-places")]
    InSomePlaces = 7957,
    /// `in-the-ditch`.
    #[rasn(identifier = "in-the-ditch")]
    InTheDitch = 7958,
    /// `in-the-valley`.
    #[rasn(identifier = "in-the-valley")]
    InTheValley = 7959,
    /// `on-hill-top`.
    #[rasn(identifier = "on-hill-top")]
    OnHillTop = 7960,
    /// `near-the-foothills`.
    #[rasn(identifier = "near-the-foothills")]
    NearTheFoothills = 7961,
    /// `at-high-altitudes`.
    #[rasn(identifier = "at-high-altitudes")]
    AtHighAltitudes = 7962,
    /// `near-the-lake`.
    #[rasn(identifier = "near-the-lake")]
    NearTheLake = 7963,
    /// `near-the-shore`.
    #[rasn(identifier = "near-the-shore")]
    NearTheShore = 7964,
    /// `over-the-crest-of-a-hill`.
    #[rasn(identifier = "over-the-crest-of-a-hill")]
    OverTheCrestOfAHill = 7965,
    /// `other-than-on-the-roadway`.
    #[rasn(identifier = "other-than-on-the-roadway")]
    OtherThanOnTheRoadway = 7966,
    /// `near-the-beach`.
    #[rasn(identifier = "near-the-beach")]
    NearTheBeach = 7967,
    /// `near-beach-access-point`.
    #[rasn(identifier = "near-beach-access-point")]
    NearBeachAccessPoint = 7968,
    /// `lower-level`.
    #[rasn(identifier = "lower-level")]
    LowerLevel = 7969,
    /// `upper-level`.
    #[rasn(identifier = "upper-level")]
    UpperLevel = 7970,
    /// `airport`.
    #[rasn(identifier = "airport")]
    Airport = 7971,
    /// `concourse`.
    #[rasn(identifier = "concourse")]
    Concourse = 7972,
    /// `gate`.
    #[rasn(identifier = "gate")]
    Gate = 7973,
    /// `baggage-claim`.
    #[rasn(identifier = "baggage-claim")]
    BaggageClaim = 7974,
    /// `customs-point`.
    #[rasn(identifier = "customs-point")]
    CustomsPoint = 7975,
    /// `station`.
    #[rasn(identifier = "station")]
    Station = 7976,
    /// `platform`.
    #[rasn(identifier = "platform")]
    Platform = 7977,
    /// `dock`.
    #[rasn(identifier = "dock")]
    Dock = 7978,
    /// `depot`.
    #[rasn(identifier = "depot")]
    Depot = 7979,
    /// `ev-charging-point`.
    #[rasn(identifier = "ev-charging-point")]
    EvChargingPoint = 7980,
    /// `information-welcome-point`.
    #[rasn(identifier = "information-welcome-point")]
    InformationWelcomePoint = 7981,
    /// `at-rest-area`.
    #[rasn(identifier = "at-rest-area")]
    AtRestArea = 7982,
    /// `at-service-area`.
    #[rasn(identifier = "at-service-area")]
    AtServiceArea = 7983,
    /// `at-weigh-station`.
    #[rasn(identifier = "at-weigh-station")]
    AtWeighStation = 7984,
    /// `picnic-areas`.
    #[rasn(identifier = "picnic-areas")]
    PicnicAreas = 7985,
    /// `rest-area`.
    #[rasn(identifier = "rest-area")]
    RestArea = 7986,
    /// `service-stations`.
    #[rasn(identifier = "service-stations")]
    ServiceStations = 7987,
    /// `toilets`.
    #[rasn(identifier = "toilets")]
    Toilets = 7988,
    /// `on-the-right`.
    #[rasn(identifier = "on-the-right")]
    OnTheRight = 7989,
    /// `on-the-left`.
    #[rasn(identifier = "on-the-left")]
    OnTheLeft = 7990,
    /// `in-the-center`.
    #[rasn(identifier = "in-the-center")]
    InTheCenter = 7991,
    /// `in-the-opposite-direction`.
    #[rasn(identifier = "in-the-opposite-direction")]
    InTheOppositeDirection = 7992,
    /// `cross-traffic`.
    #[rasn(identifier = "cross-traffic")]
    CrossTraffic = 7993,
    /// `northbound-traffic`.
    #[rasn(identifier = "northbound-traffic")]
    NorthboundTraffic = 7994,
    /// `eastbound-traffic`.
    #[rasn(identifier = "eastbound-traffic")]
    EastboundTraffic = 7995,
    /// `southbound-traffic`.
    #[rasn(identifier = "southbound-traffic")]
    SouthboundTraffic = 7996,
    /// `westbound-traffic`.
    #[rasn(identifier = "westbound-traffic")]
    WestboundTraffic = 7997,
    /// `north`.
    #[rasn(identifier = "north")]
    North = 7998,
    /// `south`.
    #[rasn(identifier = "south")]
    South = 7999,
    /// `east`.
    #[rasn(identifier = "east")]
    East = 8000,
    /// `west`.
    #[rasn(identifier = "west")]
    West = 8001,
    /// `northeast`.
    #[rasn(identifier = "northeast")]
    Northeast = 8002,
    /// `northwest`.
    #[rasn(identifier = "northwest")]
    Northwest = 8003,
    /// `southeast`.
    #[rasn(identifier = "southeast")]
    Southeast = 8004,
    /// `southwest`.
    #[rasn(identifier = "southwest")]
    Southwest = 8005,
    /// `mountain-pass`.
    #[rasn(identifier = "mountain-pass")]
    MountainPass = 8006,
    /// `reservation-center`.
    #[rasn(identifier = "reservation-center")]
    ReservationCenter = 8007,
    /// `nearby-basin`.
    #[rasn(identifier = "nearby-basin")]
    NearbyBasin = 8008,
    /// `on-tracks`.
    #[rasn(identifier = "on-tracks")]
    OnTracks = 8009,
    /// `dip`.
    #[rasn(identifier = "dip")]
    Dip = 8010,
    /// `traffic-circle`.
    #[rasn(identifier = "traffic-circle")]
    TrafficCircle = 8011,
    /// `park-and-ride-lot`.
    #[rasn(identifier = "park-and-ride-lot")]
    ParkAndRideLot = 8012,
    /// `to`.
    #[rasn(identifier = "to")]
    To = 8014,
    /// `by`.
    #[rasn(identifier = "by")]
    By = 8015,
    /// `through`.
    #[rasn(identifier = "through")]
    Through = 8016,
    /// `area-of`.
    #[rasn(identifier = "area-of")]
    AreaOf = 8017,
    /// `under`.
    #[rasn(identifier = "under")]
    Under = 8018,
    /// `over`.
    #[rasn(identifier = "over")]
    Over = 8019,
    /// `from`.
    #[rasn(identifier = "from")]
    From = 8020,
    /// `approaching`.
    #[rasn(identifier = "approaching")]
    Approaching = 8021,
    /// `entering-at`.
    #[rasn(identifier = "entering-at")]
    EnteringAt = 8022,
    /// `exiting-at`.
    #[rasn(identifier = "exiting-at")]
    ExitingAt = 8023,
    /// `across-tracks`.
    #[rasn(identifier = "across-tracks")]
    AcrossTracks = 8024,
    /// `in-street`.
    #[rasn(identifier = "in-street")]
    InStreet = 8025,
    /// `on-curve`.
    #[rasn(identifier = "on-curve")]
    OnCurve = 8026,
    /// `shoulder`.
    #[rasn(identifier = "shoulder")]
    Shoulder = 8027,
    /// `crossover`.
    #[rasn(identifier = "crossover")]
    Crossover = 8028,
    /// `cross-road`.
    #[rasn(identifier = "cross-road")]
    CrossRoad = 8029,
    /// `side-road`.
    #[rasn(identifier = "side-road")]
    SideRoad = 8030,
    /// `bus-stop`.
    #[rasn(identifier = "bus-stop")]
    BusStop = 8031,
    /// `intersection`.
    #[rasn(identifier = "intersection")]
    Intersection = 8032,
    /// `roadside-park`.
    #[rasn(identifier = "roadside-park")]
    RoadsidePark = 8033,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `IncidentResponseEquipment`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum IncidentResponseEquipment {
    /// `ground-fire-suppression`.
    #[rasn(identifier = "ground-fire-suppression")]
    GroundFireSuppression = 9985,
    /// `heavy-ground-equipment`.
    #[rasn(identifier = "heavy-ground-equipment")]
    HeavyGroundEquipment = 9986,
    /// `aircraft`.
    #[rasn(identifier = "aircraft")]
    Aircraft = 9988,
    /// `marine-equipment`.
    #[rasn(identifier = "marine-equipment")]
    MarineEquipment = 9989,
    /// `support-equipment`.
    #[rasn(identifier = "support-equipment")]
    SupportEquipment = 9990,
    /// `medical-rescue-unit`.
    #[rasn(identifier = "medical-rescue-unit")]
    MedicalRescueUnit = 9991,
    /// `other`.
    #[rasn(identifier = "other")]
    Other = 9993,
    /// `ground-fire-suppression-other`.
    #[rasn(identifier = "ground-fire-suppression-other")]
    GroundFireSuppressionOther = 9994,
    /// `engine`.
    #[rasn(identifier = "engine")]
    Engine = 9995,
    /// `truck-or-aerial`.
    #[rasn(identifier = "truck-or-aerial")]
    TruckOrAerial = 9996,
    /// `quint`.
    #[rasn(identifier = "quint")]
    Quint = 9997,
    /// `tanker-pumper-combination`.
    #[rasn(identifier = "tanker-pumper-combination")]
    TankerPumperCombination = 9998,
    /// `brush-truck`.
    #[rasn(identifier = "brush-truck")]
    BrushTruck = 10000,
    /// `aircraft-rescue-firefighting`.
    #[rasn(identifier = "aircraft-rescue-firefighting")]
    AircraftRescueFirefighting = 10001,
    /// `heavy-ground-equipment-other`.
    #[rasn(identifier = "heavy-ground-equipment-other")]
    HeavyGroundEquipmentOther = 10004,
    /// `dozer-or-plow`.
    #[rasn(identifier = "dozer-or-plow")]
    DozerOrPlow = 10005,
    /// `tractor`.
    #[rasn(identifier = "tractor")]
    Tractor = 10006,
    /// `tanker-or-tender`.
    #[rasn(identifier = "tanker-or-tender")]
    TankerOrTender = 10008,
    /// `aircraft-other`.
    #[rasn(identifier = "aircraft-other")]
    AircraftOther = 10024,
    /// `aircraft-fixed-wing-tanker`.
    #[rasn(identifier = "aircraft-fixed-wing-tanker")]
    AircraftFixedWingTanker = 10025,
    /// `helitanker`.
    #[rasn(identifier = "helitanker")]
    Helitanker = 10026,
    /// `helicopter`.
    #[rasn(identifier = "helicopter")]
    Helicopter = 10027,
    /// `marine-equipment-other`.
    #[rasn(identifier = "marine-equipment-other")]
    MarineEquipmentOther = 10034,
    /// `fire-boat-with-pump`.
    #[rasn(identifier = "fire-boat-with-pump")]
    FireBoatWithPump = 10035,
    /// `boat-no-pump`.
    #[rasn(identifier = "boat-no-pump")]
    BoatNoPump = 10036,
    /// `support-apparatus-other`.
    #[rasn(identifier = "support-apparatus-other")]
    SupportApparatusOther = 10044,
    /// `breathing-apparatus-support`.
    #[rasn(identifier = "breathing-apparatus-support")]
    BreathingApparatusSupport = 10045,
    /// `light-and-air-unit`.
    #[rasn(identifier = "light-and-air-unit")]
    LightAndAirUnit = 10046,
    /// `medical-rescue-unit-other`.
    #[rasn(identifier = "medical-rescue-unit-other")]
    MedicalRescueUnitOther = 10054,
    /// `rescue-unit`.
    #[rasn(identifier = "rescue-unit")]
    RescueUnit = 10055,
    /// `urban-search-rescue-unit`.
    #[rasn(identifier = "urban-search-rescue-unit")]
    UrbanSearchRescueUnit = 10056,
    /// `high-angle-rescue`.
    #[rasn(identifier = "high-angle-rescue")]
    HighAngleRescue = 10057,
    /// `crash-fire-rescue`.
    #[rasn(identifier = "crash-fire-rescue")]
    CrashFireRescue = 10058,
    /// `bLS-unit`.
    #[rasn(identifier = "bLS-unit")]
    BLSUnit = 10059,
    /// `aLS-unit`.
    #[rasn(identifier = "aLS-unit")]
    ALSUnit = 10060,
    /// `mobile-command-post`.
    #[rasn(identifier = "mobile-command-post")]
    MobileCommandPost = 10075,
    /// `chief-officer-car`.
    #[rasn(identifier = "chief-officer-car")]
    ChiefOfficerCar = 10076,
    /// `hAZMAT-unit`.
    #[rasn(identifier = "hAZMAT-unit")]
    HAZMATUnit = 10077,
    /// `type-i-hand-crew`.
    #[rasn(identifier = "type-i-hand-crew")]
    TypeIHandCrew = 10078,
    /// `type-ii-hand-crew`.
    #[rasn(identifier = "type-ii-hand-crew")]
    TypeIiHandCrew = 10079,
    /// `privately-owned-vehicle`.
    #[rasn(identifier = "privately-owned-vehicle")]
    PrivatelyOwnedVehicle = 10083,
    /// `other-apparatus-resource`.
    #[rasn(identifier = "other-apparatus-resource")]
    OtherApparatusResource = 10084,
    /// `ambulance`.
    #[rasn(identifier = "ambulance")]
    Ambulance = 10085,
    /// `bomb-squad-van`.
    #[rasn(identifier = "bomb-squad-van")]
    BombSquadVan = 10086,
    /// `combine-harvester`.
    #[rasn(identifier = "combine-harvester")]
    CombineHarvester = 10087,
    /// `construction-vehicle`.
    #[rasn(identifier = "construction-vehicle")]
    ConstructionVehicle = 10088,
    /// `farm-tractor`.
    #[rasn(identifier = "farm-tractor")]
    FarmTractor = 10089,
    /// `grass-cutting-machines`.
    #[rasn(identifier = "grass-cutting-machines")]
    GrassCuttingMachines = 10090,
    /// `hAZMAT-containment-tow`.
    #[rasn(identifier = "hAZMAT-containment-tow")]
    HAZMATContainmentTow = 10091,
    /// `heavy-tow`.
    #[rasn(identifier = "heavy-tow")]
    HeavyTow = 10092,
    /// `hedge-cutting-machines`.
    #[rasn(identifier = "hedge-cutting-machines")]
    HedgeCuttingMachines = 10093,
    /// `light-tow`.
    #[rasn(identifier = "light-tow")]
    LightTow = 10094,
    /// `mobile-crane`.
    #[rasn(identifier = "mobile-crane")]
    MobileCrane = 10095,
    /// `refuse-collection-vehicle`.
    #[rasn(identifier = "refuse-collection-vehicle")]
    RefuseCollectionVehicle = 10096,
    /// `resurfacing-vehicle`.
    #[rasn(identifier = "resurfacing-vehicle")]
    ResurfacingVehicle = 10097,
    /// `road-sweeper`.
    #[rasn(identifier = "road-sweeper")]
    RoadSweeper = 10098,
    /// `roadside-litter-collection-crews`.
    #[rasn(identifier = "roadside-litter-collection-crews")]
    RoadsideLitterCollectionCrews = 10099,
    /// `salvage-vehicle`.
    #[rasn(identifier = "salvage-vehicle")]
    SalvageVehicle = 10100,
    /// `sand-truck`.
    #[rasn(identifier = "sand-truck")]
    SandTruck = 10101,
    /// `snowplow`.
    #[rasn(identifier = "snowplow")]
    Snowplow = 10102,
    /// `steam-roller`.
    #[rasn(identifier = "steam-roller")]
    SteamRoller = 10103,
    /// `swat-team-van`.
    #[rasn(identifier = "swat-team-van")]
    SwatTeamVan = 10104,
    /// `track-laying-vehicle`.
    #[rasn(identifier = "track-laying-vehicle")]
    TrackLayingVehicle = 10105,
    /// `unknown-vehicle`.
    #[rasn(identifier = "unknown-vehicle")]
    UnknownVehicle = 10106,
    /// `white-lining-vehicle`.
    #[rasn(identifier = "white-lining-vehicle")]
    WhiteLiningVehicle = 10107,
    /// `dump-truck`.
    #[rasn(identifier = "dump-truck")]
    DumpTruck = 10108,
    /// `supervisor-vehicle`.
    #[rasn(identifier = "supervisor-vehicle")]
    SupervisorVehicle = 10109,
    /// `snow-blower`.
    #[rasn(identifier = "snow-blower")]
    SnowBlower = 10110,
    /// `rotary-snow-blower`.
    #[rasn(identifier = "rotary-snow-blower")]
    RotarySnowBlower = 10111,
    /// `road-grader`.
    #[rasn(identifier = "road-grader")]
    RoadGrader = 10112,
    /// `steam-truck`.
    #[rasn(identifier = "steam-truck")]
    SteamTruck = 10113,
    /// `flatbed-tow`.
    #[rasn(identifier = "flatbed-tow")]
    FlatbedTow = 10114,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
