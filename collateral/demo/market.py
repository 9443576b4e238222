"""Whom Kelvane sells to: made-up companies by region and trade, and what deals are called."""

from __future__ import annotations

from collections.abc import Mapping

FOOD, PACKAGING, CHEMICALS, PHARMA = "Food and drink", "Packaging", "Chemicals", "Pharma"
METALS, PAPER, WATER = "Metals", "Paper and wood", "Water"

ACCOUNTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "DACH": {
        FOOD: (
            "Molkerei Sonnenthal",
            "Privatbrauerei Hopfengrund",
            "Käserei Alpstein",
            "Backhaus Reinhold",
            "Teigwaren Lechner",
            "Mühle Obermayr",
            "Konserven Harms",
            "Süßwaren Kestner",
            "Getränke Ahrens",
            "Fruchtsäfte Walchsee",
            "Wurst Greiner",
            "Oberland Käserei",
            "Mälzerei Donauwörth",
            "Tiefkühl Emsland",
        ),
        PACKAGING: (
            "Kartonagen Fellbach",
            "Folien Osterkamp",
            "Dosenwerk Hagenow",
            "Etiketten Prinz",
            "Faltwerk Bruckner",
            "Glashütte Rennsteig",
        ),
        CHEMICALS: (
            "Ostara Chemicals",
            "Lack und Harz Nagel",
            "Tensid Leuna-West",
            "Polyform Kelheim",
            "Farbstoff Rheinau",
            "Düngerwerk Aken",
        ),
        PHARMA: ("Pharmawerk Isar", "Medivor", "Aesculab", "Sterilia Wien", "Ampullen Thurgau"),
        METALS: (
            "Kaltwalzwerk Siegtal",
            "Drahtwerk Hönne",
            "Gießerei Sauer",
            "Schmiede Annaberg",
            "Volta Kabel",
            "Rohrwerk Lippstadt",
        ),
        PAPER: (
            "Papierfabrik Weidenau",
            "Feinpapier Tannheim",
            "Hygienepapier Rosenau",
            "Spanplatten Kärnten",
        ),
        WATER: ("Wasserverband Untere Aller", "Stadtwerke Bergheim", "Klärwerk Inntal"),
    },
    "Nordics": {
        FOOD: (
            "Vänerns Mejeri",
            "Nordlys Bryggeri",
            "Kustfisk Lysekil",
            "Solbær Saft",
            "Kvarnby Kvarn",
            "Fjordlaks Bømlo",
            "Havbris Seafood",
            "Aalto Leipomo",
        ),
        PACKAGING: ("Kartong Småland", "Emballage Vejle", "Pakkaus Tampere"),
        CHEMICALS: ("Oulanka Chemicals", "Grenland Gass", "Stenung Polymer"),
        PHARMA: ("Öresund Pharma", "Medicon Vial", "Turku Sterile"),
        METALS: (
            "Bergslagen Stål",
            "Aluverk Sunndal",
            "Järna Gjuteri",
            "Luleå Tråd",
            "Raahe Strip",
        ),
        PAPER: (
            "Nordmark Paper",
            "Ljusne Sågverk",
            "Silva Timber",
            "Norrskog Massa",
            "Päijänne Tissue",
            "Drammen Kartong",
        ),
        WATER: ("Mälaren Vatten", "Vestby Vann", "Vantaan Vesi-Huolto"),
    },
    "UK and Ireland": {
        FOOD: (
            "Pennine Bakery",
            "Cotswold Creamery",
            "Moray Shortbread",
            "Fenwick Drinks",
            "Harbour Fish Company",
            "Wrekin Brewery",
            "Connacht Dairies",
            "Lagan Foods",
            "Mirren Distillers",
            "Hollis Dairy",
            "Bellamy Foods",
            "Fens Potato Company",
        ),
        PACKAGING: ("Trent Cartons", "Medway Film", "Clyde Cans", "Quill & Co", "Mersey Labels"),
        CHEMICALS: ("Teesport Chemicals", "Solent Coatings", "Avonmouth Resins"),
        PHARMA: ("Leinster Biologics", "Cambrian Pharma", "Hatfield Sterile"),
        METALS: ("Rother Steel", "Black Country Forge", "Dee Aluminium"),
        PAPER: ("Kintyre Tissue", "Somerset Board"),
        WATER: ("Tarn Water", "Northmoor Water", "Tamar Utilities", "Shannonside Water"),
    },
    "France and Benelux": {
        FOOD: (
            "Moulins Armand",
            "Biscuiterie Kerlann",
            "Laiterie du Vercors",
            "Brasserie Ter Leie",
            "Confiserie Blanchet",
            "Ardent Snacks",
            "Aardappel Zeeland",
        ),
        PACKAGING: ("Cartonnages du Rhône", "Verpakking De Kempen"),
        CHEMICALS: ("Chimie de Fos-Sud", "Scheldt Solvents"),
        PHARMA: ("Laboratoires Vallier", "Dendermonde Pharma"),
        METALS: ("Fonderie Marchienne", "Aciers de Longwy"),
        PAPER: ("Papeterie des Vosges-Nord",),
        WATER: ("Eaux du Bassin",),
    },
}

REGION_TRADES: Mapping[str, Mapping[str, float]] = {
    "DACH": {FOOD: 9, PACKAGING: 4, CHEMICALS: 4, PHARMA: 3, METALS: 4, PAPER: 2, WATER: 1.2},
    "Nordics": {FOOD: 5, PACKAGING: 2, CHEMICALS: 2, PHARMA: 2, METALS: 4, PAPER: 5, WATER: 1.2},
    "UK and Ireland": {
        FOOD: 8,
        PACKAGING: 4,
        CHEMICALS: 2,
        PHARMA: 2,
        METALS: 2,
        PAPER: 1,
        WATER: 3.5,
    },
    "France and Benelux": {
        FOOD: 6,
        PACKAGING: 2,
        CHEMICALS: 2,
        PHARMA: 2,
        METALS: 2,
        PAPER: 1,
        WATER: 1,
    },
}

TRADE_PRODUCTS: Mapping[str, Mapping[str, float]] = {
    FOOD: {"Predict": 5, "Line": 3, "Trace": 3, "Edge": 0.5},
    PACKAGING: {"Predict": 3, "Line": 5, "Trace": 0.5, "Edge": 0.5},
    CHEMICALS: {"Predict": 7, "Line": 1, "Trace": 0.5, "Edge": 1},
    PHARMA: {"Predict": 2, "Line": 1, "Trace": 5, "Edge": 0.5},
    METALS: {"Predict": 4, "Line": 5, "Edge": 0.6},
    PAPER: {"Predict": 7, "Line": 2, "Edge": 0.4},
    WATER: {"Predict": 8, "Edge": 1},
}

DEAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "Predict": (
        "Downtime pilot, two lines",
        "Predict, filling hall",
        "Predict, refrigeration",
        "Machine health, plant 2",
        "Predict, compressors",
        "Predict, pumps and fans",
        "Condition monitoring, hall B",
        "Predict, second line",
        "Predict, all plants",
        "Bearing monitoring, drying section",
    ),
    "Line": (
        "OEE pilot, line 3",
        "Line, packing hall",
        "Line, four lines",
        "Change-over project",
        "Line, night shift trial",
        "Line and MES, plant 1",
        "Line, second hall",
    ),
    "Trace": (
        "Trace, one dairy",
        "Recall drill and Trace",
        "Trace, all sites",
        "Batch genealogy",
        "Trace, packing and dispatch",
        "Traceability before the audit",
    ),
    "Edge": ("Edge gateways, 12 cabinets", "Edge gateways, retrofit", "Gateways for hall C"),
}

PRICES: Mapping[str, float] = {
    "Predict": 190_000,
    "Line": 150_000,
    "Trace": 240_000,
    "Edge": 48_000,
}
"""What a deal of middle size comes to, in euros."""

POUNDS = 0.86
"""Pounds for a euro."""
