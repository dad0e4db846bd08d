/** The parts of ECharts that the console draws with; nothing else reaches the bundle. */

import type { ECharts } from 'echarts';
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, MarkAreaComponent, TooltipComponent } from 'echarts/components';
import { init as initChart, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, LineChart, GridComponent, MarkAreaComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

export const init = (element: HTMLElement): ECharts => initChart(element) as unknown as ECharts;
