// What the report's charts need of ECharts; bundle.sh makes echarts.min.js of it.
import { use, init, format } from "echarts/core";
import { LineChart, CustomChart, SankeyChart } from "echarts/charts";
import { GridComponent, TooltipComponent, AriaComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, CustomChart, SankeyChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);
export { init, format };
